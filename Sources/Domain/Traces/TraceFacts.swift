public import Foundations

/// The small named values of a trace that lists are filtered by, and the words it is found by.
extension Trace {
  /// Bytes of a value that is a fact; a longer one is text to search, not a value to compare.
  static let longestFactBytes = 256

  /// The value of a scalar top-level member of `meta`, or of the trace itself where `meta` has none
  /// of that name (`source`, `license`, `expected_answer`), as a filter writes it.
  public func fact(_ key: String) -> String? {
    if let text = meta?[key]?.factText { return text }
    return extra.last { $0.key.hasSameBytes(as: key) }?.value.factText
  }

  /// Whether every one of these facts has this value.
  public func has(facts: [String: String]) -> Bool {
    facts.allSatisfy { key, value in fact(key)?.hasSameBytes(as: value) ?? false }
  }

  /// What the search index is given: the words of prompt, answer, steps and facts, and a token for
  /// each fact, so that one index answers searches and filters together.
  ///
  /// The index must be told this very text again to forget a trace, so a change of what is written
  /// here needs a migration.
  public var indexText: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1_024)
    func add(_ text: String) {
      bytes.append(utf8: text)
      bytes.append(0x0A)
    }
    add(prompt)
    add(finalAnswer)
    for step in steps { add(step.content) }
    for member in (meta?.object ?? []) + extra {
      guard let text = member.value.factText else { continue }
      if member.value.string != nil { add(text) }
      guard text.utf8.count <= Self.longestFactBytes else { continue }
      FactToken.append(key: member.key, value: text, to: &bytes)
    }
    // SQLite takes a bound text up to its first zero: what follows would be found by nothing.
    if bytes.contains(0) { bytes = bytes.map { $0 == 0 ? 0x0A : $0 } }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Characters (Unicode scalars) of prompt, answer and steps together.
  public var characterCount: Int {
    prompt.scalarCount + finalAnswer.scalarCount + stepCharacterCount
  }

  var stepCharacterCount: Int { steps.reduce(0) { $0 + $1.content.scalarCount } }
}

/// The word that stands for "this key has this value" in the search index.
enum FactToken {
  /// The token: `x` and the 16 hexadecimal digits of FNV-1a 64 over key, 0x1F and value.
  static func text(key: String, value: String) -> String {
    var bytes: [UInt8] = []
    append(key: key, value: value, to: &bytes)
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }

  static func append(key: String, value: String, to bytes: inout [UInt8]) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func feed(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for byte in key.utf8 { feed(byte) }
    feed(0x1F)
    for byte in value.utf8 { feed(byte) }
    bytes.append(UInt8(ascii: "x"))
    for shift in stride(from: 60, through: 0, by: -4) {
      bytes.append(hexDigit(UInt8(truncatingIfNeeded: hash >> shift & 15)))
    }
    bytes.append(0x0A)
  }
}

extension JSONValue {
  /// A scalar as a filter writes it: a text itself, a number's digits, `true`, `false` or `null`;
  /// nil for lists and objects.
  public var factText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.int64.map(String.init) ?? number.literal
    case .bool(let flag): flag ? "true" : "false"
    case .null: "null"
    case .array, .object: nil
    }
  }
}
