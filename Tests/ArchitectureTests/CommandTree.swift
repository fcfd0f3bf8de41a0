/// The verbs of the command line, read off its sources: each command type's name and subcommands.
struct CommandTree {
  private struct Command {
    /// Enclosing types and own name, outermost first: `["ModelCommand", "Show"]`.
    var typePath: [String]
    var name: String?
    var children: [[String]] = []
  }

  private var commands: [Command] = []

  init(_ sources: [String]) {
    for source in sources { read(Self.pieces(of: source)) }
  }

  /// Every verb as a person types it after the program's name: `model show`.
  var verbs: [String] {
    let called = commands.flatMap { parent in
      parent.children.compactMap { find($0, from: parent)?.typePath }
    }
    let roots = commands.filter { !called.contains($0.typePath) }
    return roots.flatMap { verbs(below: $0, prefix: [], depth: 0) }.sorted()
  }

  /// Command types without a `commandName`: a name that is only derived cannot be searched for.
  var unnamed: [String] {
    commands.filter { $0.name == nil }.map { $0.typePath.joined(separator: ".") }
  }

  private func verbs(below command: Command, prefix: [String], depth: Int) -> [String] {
    guard depth < 8 else { return [] }
    return command.children.compactMap { find($0, from: command) }.flatMap { child in
      let path = prefix + [child.name ?? child.typePath.joined(separator: ".")]
      let own = child.children.isEmpty ? [path.joined(separator: " ")] : []
      return own + verbs(below: child, prefix: path, depth: depth + 1)
    }
  }

  /// A type as it is written inside its parent: nested there first, then anywhere.
  private func find(_ path: [String], from parent: Command) -> Command? {
    commands.first { $0.typePath == parent.typePath + path }
      ?? commands.first { Array($0.typePath.suffix(path.count)) == path }
  }
}

// MARK: - Reading

extension CommandTree {
  /// The tokens, with the literal that follows `commandName:` put in as a token.
  private static func pieces(of text: String) -> [String] {
    let source = SourceText(text)
    var names = source.literals[...]
    return source.tokens.flatMap { token -> [String] in
      guard token.text == "commandName" else { return [token.text] }
      names = names.drop { $0.offset < token.offset }
      return [token.text, ":", "\"" + (names.popFirst()?.text ?? "")]
    }
  }

  private mutating func read(_ pieces: [String]) {
    var scopes: [String?] = []
    var announced: String?
    var isCommand = false
    var current: [Int] = []
    var index = 0
    while index < pieces.count {
      switch pieces[index] {
      case "struct", "extension", "enum", "class", "actor":
        announced = index + 1 < pieces.count ? pieces[index + 1] : nil
        isCommand = false
      case "ParsableCommand", "AsyncParsableCommand": isCommand = announced != nil
      case "{":
        scopes.append(announced)
        let path = scopes.compactMap(\.self)
        if announced != nil && isCommand { commands.append(Command(typePath: path)) }
        if let known = commands.lastIndex(where: { $0.typePath == path }) {
          current.append(known)
        } else {
          current.append(current.last ?? -1)
        }
        (announced, isCommand) = (nil, false)
      case "}" where !scopes.isEmpty:
        scopes.removeLast()
        current.removeLast()
      case "commandName":
        if let command = current.last, command >= 0, index + 2 < pieces.count {
          commands[command].name = String(pieces[index + 2].dropFirst())
        }
      case "subcommands":
        if let command = current.last, command >= 0 {
          commands[command].children += children(in: pieces[index...])
        }
      default: break
      }
      index += 1
    }
  }

  /// The types of `subcommands: [A.self, B.C.self]`.
  private func children(in pieces: ArraySlice<String>) -> [[String]] {
    guard let start = pieces.firstIndex(of: "["),
      let end = pieces[start...].firstIndex(of: "]")
    else { return [] }
    return pieces[(start + 1)..<end].split(separator: ",").map { entry in
      entry.filter { $0 != "." && $0 != "self" }
    }.filter { !$0.isEmpty }
  }
}
