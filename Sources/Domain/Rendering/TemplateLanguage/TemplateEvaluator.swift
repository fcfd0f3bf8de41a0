/// Carries out a template's statements: the part of Jinja's language that chat templates use.
///
/// Nothing is guessed: what the language has and this program does not know is an error. Work and
/// output are bounded.
struct TemplateEvaluator {
  /// One for each statement, expression and 16 bytes of text; a conversation of a few turns takes
  /// some thousand.
  private static let mostSteps = 200_000
  private static let longestOutput = 1 << 20

  private var scopes: [[String: TemplateValue]]
  private var namespaces: [[String: TemplateValue]] = []
  private var output = ""
  private var outputLength = 0
  private var steps = 0

  private init(_ variables: [String: TemplateValue]) {
    scopes = [variables]
  }

  /// What a template writes.
  static func text(
    of statements: [TemplateStatement],
    with variables: [String: TemplateValue]
  ) throws(TemplateError) -> String {
    var evaluator = TemplateEvaluator(variables)
    try evaluator.run(statements)
    return evaluator.output
  }

  private mutating func step(_ count: Int = 1) throws(TemplateError) {
    steps += count
    guard steps <= Self.mostSteps else { throw .tooLong }
  }
}

// MARK: statements

extension TemplateEvaluator {
  private mutating func run(_ statements: [TemplateStatement]) throws(TemplateError) {
    for statement in statements {
      try step()
      switch statement {
      case .text(let text): try write(text)
      case .output(let expression): try write(try value(of: expression).text)
      case .branch(let cases, let otherwise): try choose(cases, otherwise)
      case .loop(let name, let values, let filter, let body): try loop(name, values, filter, body)
      case .set(let name, let member, let expression): try set(name, member, expression)
      }
    }
  }

  private mutating func write(_ text: String) throws(TemplateError) {
    outputLength += text.utf8.count
    guard outputLength <= Self.longestOutput else { throw .tooLong }
    output += text
  }

  private mutating func choose(
    _ cases: [(condition: TemplateExpression, body: [TemplateStatement])],
    _ otherwise: [TemplateStatement]
  ) throws(TemplateError) {
    for (condition, body) in cases where try value(of: condition).isTrue { return try run(body) }
    try run(otherwise)
  }

  private mutating func loop(
    _ name: String,
    _ values: TemplateExpression,
    _ filter: TemplateExpression?,
    _ body: [TemplateStatement]
  ) throws(TemplateError) {
    guard case .list(var items) = try value(of: values) else {
      throw .unsupported("a loop over something that is no list")
    }
    scopes.append([:])
    defer { scopes.removeLast() }
    if let filter {
      var kept: [TemplateValue] = []
      for item in items {
        scopes[scopes.count - 1] = [name: item]
        if try value(of: filter).isTrue { kept.append(item) }
      }
      items = kept
    }
    for (place, item) in items.enumerated() {
      try step()
      scopes[scopes.count - 1] = [name: item, "loop": Self.loopFacts(place, items)]
      try run(body)
    }
  }

  private static func loopFacts(_ place: Int, _ items: [TemplateValue]) -> TemplateValue {
    let last = items.count - 1
    return .map([
      "index0": .int(place), "index": .int(place + 1), "first": .bool(place == 0),
      "last": .bool(place == last), "length": .int(items.count),
      "revindex0": .int(last - place), "revindex": .int(items.count - place),
      "previtem": place > 0 ? items[place - 1] : .undefined,
      "nextitem": place < last ? items[place + 1] : .undefined,
    ])
  }

  private mutating func set(
    _ name: String,
    _ member: String?,
    _ expression: TemplateExpression
  ) throws(TemplateError) {
    let new = try value(of: expression)
    guard let member else {
      scopes[scopes.count - 1][name] = new
      return
    }
    guard case .namespace(let index) = lookUp(name) else {
      throw .unsupported("setting a member of something that is no namespace")
    }
    namespaces[index][member] = new
  }

  private func lookUp(_ name: String) -> TemplateValue {
    for scope in scopes.reversed() {
      if let value = scope[name] { return value }
    }
    return .undefined
  }
}

// MARK: expressions

extension TemplateEvaluator {
  /// The value of an expression; reading a long text or list counts as work.
  private mutating func value(
    of expression: TemplateExpression
  ) throws(TemplateError) -> TemplateValue {
    let value = try compute(expression)
    switch value {
    case .string(let text): try step(1 + text.utf8.count / 16)
    case .list(let items): try step(1 + items.count)
    default: try step()
    }
    return value
  }

  private mutating func compute(
    _ expression: TemplateExpression
  ) throws(TemplateError) -> TemplateValue {
    switch expression {
    case .literal(let value): return value
    case .name(let name): return lookUp(name)
    case .list(let items): return .list(try values(of: items))
    case .map(let pairs): return try map(pairs)
    case .member(let owner, let name): return try member(of: try value(of: owner), name)
    case .index(let owner, let index):
      return try element(of: try value(of: owner), try value(of: index))
    case .slice(let owner, let start, let end, let stride):
      return try slice(try value(of: owner), try bound(start), try bound(end), try bound(stride))
    case .call(let callee, let arguments): return try call(callee, arguments)
    case .filter(let operand, let name, let arguments):
      return try TemplateLibrary.filter(
        name,
        try value(of: operand),
        try values(of: arguments.places)
      )
    case .test(let operand, let name, let operands):
      return .bool(
        try TemplateLibrary.test(name, try value(of: operand), try values(of: operands))
      )
    case .not(let operand): return .bool(!(try value(of: operand).isTrue))
    case .negative(let operand):
      guard let number = try value(of: operand).integer else {
        throw .unsupported("minus before something that is no number")
      }
      return .int(0 &- number)
    case .binary(let symbol, let left, let right): return try binary(symbol, left, right)
    case .choice(let condition, let yes, let no):
      return try value(of: condition).isTrue ? try value(of: yes) : try value(of: no)
    }
  }

  private mutating func values(
    of expressions: [TemplateExpression]
  ) throws(TemplateError) -> [TemplateValue] {
    var result: [TemplateValue] = []
    for expression in expressions { result.append(try value(of: expression)) }
    return result
  }

  private mutating func map(
    _ pairs: [(TemplateExpression, TemplateExpression)]
  ) throws(TemplateError) -> TemplateValue {
    var result: [String: TemplateValue] = [:]
    for (key, value) in pairs {
      guard let name = try self.value(of: key).string else {
        throw .unsupported("a mapping with a key that is no text")
      }
      result[name] = try self.value(of: value)
    }
    return .map(result)
  }

  private func member(
    of owner: TemplateValue,
    _ name: String
  ) throws(TemplateError) -> TemplateValue {
    switch owner {
    case .map(let members): return members[name] ?? .undefined
    case .namespace(let index): return namespaces[index][name] ?? .undefined
    case .undefined: throw .unsupported("\(name) of something undefined")
    default: return .undefined
    }
  }

  private func element(
    of owner: TemplateValue,
    _ index: TemplateValue
  ) throws(TemplateError) -> TemplateValue {
    if let name = index.string { return try member(of: owner, name) }
    guard let place = index.integer else { throw .unsupported("an index that is no number") }
    switch owner {
    case .list(let items):
      let index = place < 0 ? items.count + place : place
      return items.indices.contains(index) ? items[index] : .undefined
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      let index = place < 0 ? scalars.count + place : place
      return scalars.indices.contains(index) ? .string(String(scalars[index])) : .undefined
    default: throw .unsupported("an index into something that is no list")
    }
  }

  private mutating func bound(_ expression: TemplateExpression?) throws(TemplateError) -> Int? {
    guard let expression else { return nil }
    let value = try value(of: expression)
    if value == .none { return nil }
    guard let number = value.integer else { throw .unsupported("a slice without numbers") }
    return number
  }

  private func slice(
    _ owner: TemplateValue,
    _ start: Int?,
    _ end: Int?,
    _ stride: Int?
  ) throws(TemplateError) -> TemplateValue {
    func cut<Item>(_ items: [Item]) throws(TemplateError) -> [Item] {
      if stride == -1, start == nil, end == nil { return items.reversed() }
      guard stride ?? 1 == 1 else { throw .unsupported("a slice with a stride") }
      func place(_ bound: Int) -> Int {
        min(items.count, max(0, bound < 0 ? items.count &+ bound : bound))
      }
      let from = place(start ?? 0)
      return Array(items[from..<max(from, place(end ?? items.count))])
    }
    switch owner {
    case .list(let items): return .list(try cut(items))
    case .string(let text):
      return .string(TemplateLibrary.text(try cut(Array(text.unicodeScalars))))
    default: throw .unsupported("a slice of something that is no list")
    }
  }

  private mutating func call(
    _ callee: TemplateExpression,
    _ arguments: TemplateArguments
  ) throws(TemplateError) -> TemplateValue {
    let places = try values(of: arguments.places)
    switch callee {
    case .name("namespace"):
      var members: [String: TemplateValue] = [:]
      for (name, expression) in arguments.names { members[name] = try value(of: expression) }
      namespaces.append(members)
      return .namespace(namespaces.count - 1)
    case .name("raise_exception"): throw .raised(places.first?.string ?? "")
    case .member(let owner, let name):
      return try TemplateLibrary.method(name, try value(of: owner), places)
    default: throw .unsupported("a call of something unknown")
    }
  }

  private mutating func binary(
    _ symbol: String,
    _ left: TemplateExpression,
    _ right: TemplateExpression
  ) throws(TemplateError) -> TemplateValue {
    let first = try value(of: left)
    if symbol == "and" { return first.isTrue ? try value(of: right) : first }
    if symbol == "or" { return first.isTrue ? first : try value(of: right) }
    return try TemplateLibrary.binary(symbol, first, try value(of: right))
  }
}
