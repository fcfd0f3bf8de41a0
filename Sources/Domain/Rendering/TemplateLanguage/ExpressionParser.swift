/// Reads one expression; precedence as in Jinja: filters bind tightest, then `*`, `+`, `~`,
/// comparisons and tests, `not`, `and`, `or`, and `… if … else …` last.
struct ExpressionParser {
  private let tokens: [TemplateToken]
  private var place = 0
  private var depth = 0
  private var links = 0

  /// How many operators may follow one another in one tag: an expression is as deep as its chain.
  private static let longestChain = 600

  init(_ tokens: [TemplateToken]) {
    self.tokens = tokens
  }

  /// An expression that is all of `tokens`.
  static func whole(_ tokens: [TemplateToken]) throws(TemplateError) -> TemplateExpression {
    var parser = ExpressionParser(tokens)
    let expression = try parser.expression()
    try parser.finish()
    return expression
  }

  func finish() throws(TemplateError) {
    guard place == tokens.count else { throw .unsupported("\(tokens[place]) out of place") }
  }

  mutating func take(_ token: TemplateToken) throws(TemplateError) -> Bool {
    guard place < tokens.count, tokens[place] == token else { return false }
    place += 1
    return true
  }

  private mutating func link() throws(TemplateError) {
    links += 1
    guard links <= Self.longestChain else { throw .tooLong }
  }

  private mutating func expect(_ symbol: String) throws(TemplateError) {
    guard try take(.symbol(symbol)) else { throw .unsupported("an expression without \(symbol)") }
  }

  mutating func expression() throws(TemplateError) -> TemplateExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < TemplateParser.deepest else { throw .tooLong }
    let value = try withoutChoice()
    guard try take(.name("if")) else { return value }
    let condition = try withoutChoice()
    let other = try take(.name("else")) ? try expression() : .literal(.undefined)
    return .choice(condition, value, other)
  }

  mutating func withoutChoice() throws(TemplateError) -> TemplateExpression {
    var left = try conjunction()
    while try take(.name("or")) {
      try link()
      left = .binary("or", left, try conjunction())
    }
    return left
  }

  private mutating func conjunction() throws(TemplateError) -> TemplateExpression {
    var left = try negation()
    while try take(.name("and")) {
      try link()
      left = .binary("and", left, try negation())
    }
    return left
  }

  private mutating func negation() throws(TemplateError) -> TemplateExpression {
    guard try take(.name("not")) else { return try comparison() }
    depth += 1
    defer { depth -= 1 }
    guard depth < TemplateParser.deepest else { throw .tooLong }
    return .not(try negation())
  }

  private mutating func comparison() throws(TemplateError) -> TemplateExpression {
    var left = try sum()
    while place < tokens.count {
      try link()
      switch tokens[place] {
      case .symbol(let symbol) where ["==", "!=", "<", ">", "<=", ">="].contains(symbol):
        place += 1
        left = .binary(symbol, left, try sum())
      case .name("in"):
        place += 1
        left = .binary("in", left, try sum())
      case .name("not") where place + 1 < tokens.count && tokens[place + 1] == .name("in"):
        place += 2
        left = .not(.binary("in", left, try sum()))
      default: return left
      }
    }
    return left
  }

  private mutating func sum() throws(TemplateError) -> TemplateExpression {
    var left = try product()
    while place < tokens.count, case .symbol(let symbol) = tokens[place],
      ["+", "-", "~"].contains(symbol)
    {
      place += 1
      try link()
      left = .binary(symbol, left, try product())
    }
    return left
  }

  private mutating func product() throws(TemplateError) -> TemplateExpression {
    var left = try unary()
    while place < tokens.count, case .symbol(let symbol) = tokens[place],
      ["*", "//", "%"].contains(symbol)
    {
      place += 1
      try link()
      left = .binary(symbol, left, try unary())
    }
    return left
  }

  private mutating func unary() throws(TemplateError) -> TemplateExpression {
    if try take(.symbol("-")) { return .negative(try postfix(primary())) }
    return try postfix(primary())
  }
}

// MARK: what binds tightest

extension ExpressionParser {
  private mutating func primary() throws(TemplateError) -> TemplateExpression {
    guard place < tokens.count else { throw .unsupported("an expression that breaks off") }
    let token = tokens[place]
    place += 1
    switch token {
    case .string(var text):
      // Texts that stand side by side are one text.
      while place < tokens.count, case .string(let more) = tokens[place] {
        text += more
        place += 1
      }
      return .literal(.string(text))
    case .int(let value): return .literal(.int(value))
    case .name("true"), .name("True"): return .literal(.bool(true))
    case .name("false"), .name("False"): return .literal(.bool(false))
    case .name("none"), .name("None"): return .literal(.none)
    case .name(let name): return .name(name)
    case .symbol("("):
      let inner = try expression()
      try expect(")")
      return inner
    case .symbol("["): return .list(try list(until: "]"))
    case .symbol("{"): return .map(try pairs())
    case .symbol(let symbol): throw .unsupported("\(symbol) in an expression")
    }
  }

  private mutating func list(until end: String) throws(TemplateError) -> [TemplateExpression] {
    var values: [TemplateExpression] = []
    while try !take(.symbol(end)) {
      values.append(try expression())
      if try !take(.symbol(",")) {
        try expect(end)
        break
      }
    }
    return values
  }

  private mutating func pairs() throws(TemplateError) -> [(TemplateExpression, TemplateExpression)]
  {
    var values: [(TemplateExpression, TemplateExpression)] = []
    while try !take(.symbol("}")) {
      let key = try expression()
      try expect(":")
      values.append((key, try expression()))
      if try !take(.symbol(",")) {
        try expect("}")
        break
      }
    }
    return values
  }

  private mutating func postfix(
    _ start: TemplateExpression
  ) throws(TemplateError) -> TemplateExpression {
    var value = start
    while place < tokens.count {
      try link()
      switch tokens[place] {
      case .symbol("."):
        place += 1
        value = .member(value, try name())
      case .symbol("["):
        place += 1
        value = try subscripted(value)
      case .symbol("("):
        place += 1
        value = .call(value, try arguments())
      case .symbol("|"):
        place += 1
        let filter = try name()
        value = .filter(value, filter, try take(.symbol("(")) ? try arguments() : .init())
      case .name("is"):
        place += 1
        value = try test(value)
      default: return value
      }
    }
    return value
  }

  private mutating func name() throws(TemplateError) -> String {
    guard place < tokens.count, case .name(let name) = tokens[place] else {
      throw .unsupported("an expression without a name")
    }
    place += 1
    return name
  }

  private mutating func test(
    _ value: TemplateExpression
  ) throws(TemplateError) -> TemplateExpression {
    let isNot = try take(.name("not"))
    let test = try name()
    let operands: [TemplateExpression] =
      try take(.symbol("(")) ? try list(until: ")") : []
    let result = TemplateExpression.test(value, test, operands)
    return isNot ? .not(result) : result
  }

  private mutating func subscripted(
    _ value: TemplateExpression
  ) throws(TemplateError) -> TemplateExpression {
    var bounds: [TemplateExpression?] = [nil]
    while try !take(.symbol("]")) {
      if try take(.symbol(":")) {
        bounds.append(nil)
      } else {
        bounds[bounds.count - 1] = try expression()
      }
      guard bounds.count <= 3 else { throw .unsupported("a slice of more than three parts") }
    }
    if bounds.count == 1 {
      guard let index = bounds[0] else { throw .unsupported("an empty index") }
      return .index(value, index)
    }
    return .slice(value, bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : nil)
  }

  private mutating func arguments() throws(TemplateError) -> TemplateArguments {
    var result = TemplateArguments()
    while try !take(.symbol(")")) {
      if place + 1 < tokens.count, case .name(let name) = tokens[place],
        tokens[place + 1] == .symbol("=")
      {
        place += 2
        result.names.append((name, try expression()))
      } else {
        result.places.append(try expression())
      }
      if try !take(.symbol(",")) {
        try expect(")")
        break
      }
    }
    return result
  }
}
