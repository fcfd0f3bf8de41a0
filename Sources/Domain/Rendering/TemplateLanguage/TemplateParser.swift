/// Reads statements from the parts of a template.
struct TemplateParser {
  private let parts: [TemplatePart]
  private var place = 0

  /// How deeply statements and expressions may stand inside one another.
  static let deepest = 60
  /// The longest template in UTF-8 bytes; the longest in use has 20000.
  static let longestText = 1 << 18

  /// The statements of a template's text.
  static func statements(of text: String) throws(TemplateError) -> [TemplateStatement] {
    guard text.utf8.count <= longestText else { throw .tooLong }
    // Jinja removes one line break at the template's end.
    var body = text
    if body.unicodeScalars.last == "\n" { body.unicodeScalars.removeLast() }
    var parser = TemplateParser(parts: try TemplateLexer.parts(of: body))
    let statements = try parser.block(until: [], depth: 0)
    guard parser.place == parser.parts.count else { throw .unsupported("a statement out of place") }
    return statements
  }

  private init(parts: [TemplatePart]) {
    self.parts = parts
  }

  /// Reads until a statement that starts with one of `ends`, which stays unread.
  private mutating func block(
    until ends: Set<String>,
    depth: Int
  ) throws(TemplateError) -> [TemplateStatement] {
    guard depth < Self.deepest else { throw .tooLong }
    var result: [TemplateStatement] = []
    while place < parts.count {
      switch parts[place] {
      case .text(let text): result.append(.text(text))
      case .output(let tokens): result.append(.output(try ExpressionParser.whole(tokens)))
      case .statement(let tokens):
        guard case .name(let word)? = tokens.first else {
          throw .unsupported("a statement without a name")
        }
        if ends.contains(word) { return result }
        try statement(word, Array(tokens.dropFirst()), depth, &result)
        continue
      }
      place += 1
    }
    guard ends.isEmpty else { throw .unsupported("a statement without its end") }
    return result
  }

  private mutating func statement(
    _ word: String,
    _ tokens: [TemplateToken],
    _ depth: Int,
    _ result: inout [TemplateStatement]
  ) throws(TemplateError) {
    switch word {
    case "if": result.append(try branch(tokens, depth))
    case "for": result.append(try loop(tokens, depth))
    case "set":
      result.append(try assignment(tokens))
      place += 1
    case "generation":
      // Marks what a model wrote; it writes nothing itself.
      place += 1
      result += try block(until: ["endgeneration"], depth: depth + 1)
      place += 1
    default: throw .unsupported("the statement \(word)")
    }
  }

  private mutating func branch(
    _ tokens: [TemplateToken],
    _ depth: Int
  ) throws(TemplateError) -> TemplateStatement {
    var cases: [(condition: TemplateExpression, body: [TemplateStatement])] = []
    var otherwise: [TemplateStatement] = []
    var condition: TemplateExpression? = try ExpressionParser.whole(tokens)
    while true {
      place += 1
      let ends: Set = condition == nil ? ["endif"] : ["elif", "else", "endif"]
      let body = try block(until: ends, depth: depth + 1)
      if let condition { cases.append((condition, body)) } else { otherwise = body }
      guard case .statement(let end) = parts[place], case .name(let word)? = end.first else {
        throw .unsupported("a branch without its end")
      }
      if word == "endif" { break }
      condition = word == "elif" ? try ExpressionParser.whole(Array(end.dropFirst())) : nil
    }
    place += 1
    return .branch(cases, otherwise: otherwise)
  }

  private mutating func loop(
    _ tokens: [TemplateToken],
    _ depth: Int
  ) throws(TemplateError) -> TemplateStatement {
    guard case .name(let name)? = tokens.first, tokens.dropFirst().first == .name("in") else {
      throw .unsupported("a loop over more than one name")
    }
    var expression = ExpressionParser(Array(tokens.dropFirst(2)))
    let values = try expression.withoutChoice()
    let filter = try expression.take(.name("if")) ? try expression.expression() : nil
    try expression.finish()
    place += 1
    let body = try block(until: ["endfor", "else"], depth: depth + 1)
    guard case .statement(let end) = parts[place], end == [.name("endfor")] else {
      throw .unsupported("else in a loop")
    }
    place += 1
    return .loop(name, values, filter, body)
  }

  private func assignment(_ tokens: [TemplateToken]) throws(TemplateError) -> TemplateStatement {
    guard case .name(let name)? = tokens.first else { throw .unsupported("set without a name") }
    var rest = tokens.dropFirst()
    var member: String?
    if rest.first == .symbol("."), case .name(let found)? = rest.dropFirst().first {
      member = found
      rest = rest.dropFirst(2)
    }
    guard rest.first == .symbol("=") else { throw .unsupported("set without a value") }
    return .set(name, member: member, try ExpressionParser.whole(Array(rest.dropFirst())))
  }
}
