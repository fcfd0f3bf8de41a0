/// Who may import what: the laws of ARCHITECTURE.md, read off every `import` line under `Sources`.
enum ImportLaws {
  /// Modules from outside, and the rooms that may use them; an empty list means every room.
  static let outside: [String: Set<String>] = [
    "Foundation": [],
    "Dispatch": [],
    "Synchronization": [],
    "Crypto": ["Foundations", "Files"],
    "GRDB": ["Persistence"],
    "Yams": ["Execution", "Workspace"],
    "Hummingbird": ["HTTPAPI", "Server"],
    "HummingbirdCore": ["Server"],
    "HTTPTypes": ["HTTPAPI", "Server"],
    "NIOCore": ["HTTPAPI", "Server"],
    "NIOPosix": ["HTTPAPI"],
    "NIOHTTP1": ["Server"],
    "NIOHTTPCompression": ["Server"],
    "NIOHTTPTypes": ["Server"],
    "NIOHTTPTypesHTTP1": ["Server"],
    "ServiceLifecycle": ["Server"],
    "Logging": ["HTTPAPI", "Server", "CommandLine"],
    "Subprocess": ["Workspace"],
    "SystemPackage": ["Workspace"],
    "FoundationNetworking": ["Workspace"],
    "ArgumentParser": ["CommandLine", "tunix-rt"],
    "COneDNN": ["Tensors"],
    "Glibc": ["Files", "Tensors", "ModelFormats", "Execution", "CommandLine"],
    "Darwin": ["Files", "Tensors", "ModelFormats", "Execution", "CommandLine"],
  ]

  /// Single doors between groups that are otherwise closed, with their reason.
  static let exceptions: [String: Set<String>] = [
    // Text becomes tokens with a loss mask.
    "Training": ["Rendering"]
  ]

  /// The modules that a file imports, with their lines.
  static func imports(of source: SourceText) -> [SourceText.Piece] {
    let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
    return source.tokens.indices.compactMap { index in
      guard source.tokens[index].text == "import", index + 1 < source.tokens.count else {
        return nil
      }
      let next = kinds.contains(source.tokens[index + 1].text) ? index + 2 : index + 1
      guard next < source.tokens.count, source.tokens[next].text != ":" else { return nil }
      return source.tokens[next]
    }
  }

  /// Every import that a law forbids.
  ///
  /// `groups` maps each room to its group.
  static func offences(in file: SwiftFile, groups: [String: String]) -> [Offence] {
    imports(of: file.source).compactMap { imported in
      let name = imported.text
      let reason =
        if let group = groups[name], outside[name] == nil {
          refusal(of: name, in: group, by: file)
        } else {
          refusal(ofOutside: name, by: file)
        }
      return reason.map { Offence(path: file.path, line: imported.line, sentence: $0) }
    }
  }

  private static func refusal(ofOutside name: String, by file: SwiftFile) -> String? {
    guard let rooms = outside[name] else {
      return "\(name) is not in the table of outside modules"
    }
    if rooms.isEmpty || rooms.contains(file.room) { return nil }
    return "\(name) belongs to \(rooms.sorted().joined(separator: ", ")) only"
  }

  private static func refusal(
    of name: String,
    in group: String,
    by file: SwiftFile
  ) -> String? {
    if exceptions[file.room, default: []].contains(name) { return nil }
    switch file.group {
    case "Ground":
      return name == "Foundations" || group == "Ground"
        ? nil : "law 1: Ground knows Foundations only"
    case "Domain":
      return group == "Domain" ? nil : "law 1: Domain imports Domain only"
    case "Engine":
      return group == "Engine" || group == "Ground" || name == "Foundations"
        ? nil : "law 1: Engine imports Engine, Foundations and Files only"
    case "Platform":
      if group == "Surface" { return "a room knows only the rooms below it" }
      return group != "Engine" || file.room == "Execution"
        ? nil : "law 2: only Execution sees both Platform and Engine"
    case "Surface":
      return group == "Surface" || group == "Domain" || ["Workspace", "Execution"].contains(name)
        ? nil : "law 3: Surface speaks with Workspace and Execution"
    default:
      return "\(file.group) is not a group of ARCHITECTURE.md"
    }
  }

  /// Law 4: types of a module that are named like the module.
  static func typesNamedLikeTheirModule(in file: SwiftFile) -> [Offence] {
    let kinds: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    let tokens = file.source.tokens
    return zip(tokens, tokens.dropFirst()).compactMap { kind, name in
      guard kinds.contains(kind.text), name.text == file.room else { return nil }
      return Offence(
        path: file.path,
        line: name.line,
        sentence: "law 4: the module \(file.room) must not hold a type of its own name"
      )
    }
  }
}
