/// The rules of the house that neither the compiler nor the formatter holds.
enum TidyRules {
  static let maximumFileLines = 500
  static let maximumFunctionLines = 60

  /// Rooms whose work is raw memory: kernels, mapped model files, hashing of mapped bytes.
  static let unsafeRooms: Set = ["Tensors", "ModelFormats", "Files", "Foundations"]

  /// What reaches outside the program; Domain holds values and decisions only.
  static let impureWords: Set = [
    "FileManager", "FileHandle", "URLSession", "ProcessInfo", "ContinuousClock", "SuspendingClock",
    "contentsOfFile", "Process",
  ]

  static func fileLength(_ file: SwiftFile) -> [Offence] {
    let count = file.source.lineCount
    guard count > maximumFileLines else { return [] }
    let sentence = "\(count) lines, at most \(maximumFileLines): find the missing noun"
    return [Offence(path: file.path, line: count, sentence: sentence)]
  }

  static func functionLength(_ file: SwiftFile) -> [Offence] {
    Functions.bodies(in: file.source.tokens).compactMap { body in
      let count = body.lastLine - body.firstLine + 1
      guard count > maximumFunctionLines else { return nil }
      return Offence(
        path: file.path,
        line: body.firstLine,
        sentence: "a function of \(count) lines, at most \(maximumFunctionLines)"
      )
    }
  }

  /// A postponed thing names its issue (`TODO #12`); a known fault is not left on main.
  static func postponedWork(_ file: SwiftFile) -> [Offence] {
    file.source.comments.compactMap { comment in
      let hasIssue = comment.text.contains(#/#[0-9]+/#)
      if comment.text.contains("FIXME") {
        return Offence(path: file.path, line: comment.line, sentence: "a FIXME on main")
      }
      guard comment.text.contains("TODO"), !hasIssue else { return nil }
      return Offence(path: file.path, line: comment.line, sentence: "a TODO without issue number")
    }
  }

  static func unsafeOutsideItsRooms(_ file: SwiftFile) -> [Offence] {
    if unsafeRooms.contains(file.room) { return [] }
    let tokens = file.source.tokens
    return tokens.indices.compactMap { index in
      let isPromise = index > 1 && tokens[index - 2].text == "nonisolated"
      guard tokens[index].text == "unsafe", !isPromise else { return nil }
      return Offence(
        path: file.path,
        line: tokens[index].line,
        sentence: "`unsafe` outside \(unsafeRooms.sorted().joined(separator: ", "))"
      )
    }
  }

  static func sqlOutsidePersistence(_ file: SwiftFile) -> [Offence] {
    if file.room == "Persistence" { return [] }
    let statement =
      #/\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+(TABLE|(UNIQUE\s+)?INDEX|VIEW)|PRAGMA\s)/#
      .dotMatchesNewlines()
    return file.source.literals.filter { $0.text.contains(statement) }.map {
      Offence(path: file.path, line: $0.line, sentence: "SQL outside Persistence")
    }
  }

  /// `@unchecked Sendable` and `nonisolated(unsafe)` stand under, or beside, a comment that names
  /// what protects the state.
  static func unexplainedPromises(_ file: SwiftFile) -> [Offence] {
    let tokens = file.source.tokens
    let explained = Set(file.source.comments.filter(isReason).map(\.line))
    let commented = Set(file.source.comments.map(\.line))
    return tokens.indices.compactMap { index in
      let isPromise =
        (tokens[index].text == "unchecked" && index > 0 && tokens[index - 1].text == "@")
        || (tokens[index].text == "unsafe" && index > 1 && tokens[index - 2].text == "nonisolated")
      guard isPromise else { return nil }
      let line = tokens[index].line
      var above = line - 1
      while commented.contains(above) && !explained.contains(above) { above -= 1 }
      if explained.contains(line) || explained.contains(above) { return nil }
      return Offence(
        path: file.path,
        line: line,
        sentence: "an unchecked promise without a comment naming what protects the state"
      )
    }
  }

  /// A sentence of its own, or documentation that speaks of protection.
  private static func isReason(_ comment: SourceText.Piece) -> Bool {
    let protections = ["protect", "mutex", "immutable", "never written"]
    let isSentence =
      !comment.text.hasPrefix("///") && comment.text.split(separator: " ").count > 5
    return isSentence || protections.contains { comment.text.lowercased().contains($0) }
  }

  static func detachedTasks(_ file: SwiftFile) -> [Offence] {
    let tokens = file.source.tokens
    return tokens.indices.dropLast(2).compactMap { index in
      let words = tokens[index...index + 2].map(\.text)
      guard words == ["Task", ".", "detached"] else { return nil }
      return Offence(path: file.path, line: tokens[index].line, sentence: "a detached task")
    }
  }

  static func impureDomain(_ file: SwiftFile) -> [Offence] {
    guard file.group == "Domain" else { return [] }
    let tokens = file.source.tokens
    return tokens.indices.compactMap { index in
      // `Data(contentsOf:)` reads a file; `append(contentsOf:)` does not. `Date()` reads the clock.
      let three = tokens[max(0, index - 2)...index].map(\.text)
      let isImpure =
        impureWords.contains(tokens[index].text) || three == ["Date", "(", ")"]
        || three == ["Date", ".", "now"] || three == ["Data", "(", "contentsOf"]
        || three == ["String", "(", "contentsOf"]
      guard isImpure else { return nil }
      return Offence(
        path: file.path,
        line: tokens[index].line,
        sentence: "`\(three.joined())` in Domain, which knows no file, clock, network or database"
      )
    }
  }
}

/// Finds where functions, initializers, subscripts and computed properties begin and end.
enum Functions {
  struct Body: Equatable {
    var firstLine: Int
    var lastLine: Int
  }

  private struct Scope {
    var firstLine: Int?
    var parentheses = 0
    /// Where the text that may announce the next block begins.
    var headerStart: Int
  }

  static func bodies(in tokens: [SourceText.Piece]) -> [Body] {
    var scopes = [Scope(headerStart: 0)]
    var found: [Body] = []
    for (index, token) in tokens.enumerated() {
      let last = scopes.count - 1
      switch token.text {
      case "(", "[": scopes[last].parentheses += 1
      case ")", "]": scopes[last].parentheses -= 1
      case "{":
        let isOpen = scopes[last].parentheses == 0
        let header = isOpen ? tokens[scopes[last].headerStart..<index] : []
        scopes.append(Scope(firstLine: announcement(in: header), headerStart: index + 1))
      case "}" where last > 0:
        if let first = scopes.removeLast().firstLine {
          found.append(Body(firstLine: first, lastLine: token.line))
        }
        if scopes[last - 1].parentheses == 0 { scopes[last - 1].headerStart = index + 1 }
      default: break
      }
    }
    return found.sorted { $0.firstLine < $1.firstLine }
  }

  /// The line of the function that a block's header announces, if it announces one.
  private static func announcement(in header: ArraySlice<SourceText.Piece>) -> Int? {
    let words: Set = ["func", "init", "deinit", "subscript"]
    let function = header.indices.last { index in
      words.contains(header[index].text)
        && (index == header.startIndex || header[index - 1].text != ".")
    }
    if let function { return header[function].line }
    // A computed property: `var name: Type {`, with nothing assigned.
    guard let variable = header.last(where: { $0.text == "var" || $0.text == "=" }) else {
      return nil
    }
    return variable.text == "var" ? variable.line : nil
  }
}
