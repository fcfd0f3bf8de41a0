import Foundations

/// Reads numbers of a model's settings and says clearly what is wrong with them.
struct SettingReader {
  let path: String
  /// Put before every key: `llama.` in a GGUF file.
  var prefix = ""
  let lookup: (String) -> JSONValue?

  /// The largest size that any setting may have: keeps products of two within an `Int`.
  static let largestCount = 1 << 30
  /// The most layers that are believed: thirty times the deepest in use.
  static let largestLayerCount = 4096

  /// The value of a key; an explicit null counts as missing.
  func value(_ key: String) -> JSONValue? {
    guard let value = lookup(prefix + key), !value.isNull else { return nil }
    return value
  }

  /// A whole number from 1 on.
  func count(
    _ key: String,
    default standard: Int? = nil,
    atMost most: Int = SettingReader.largestCount
  ) throws(FormatError) -> Int {
    guard let value = value(key) else {
      guard let standard else { throw missing(key, "a whole number") }
      return standard
    }
    guard let number = value.int, (1...most).contains(number) else {
      throw wrong(key, "a whole number from 1 to \(most)", value)
    }
    return number
  }

  /// A finite number above zero.
  func number(_ key: String, default standard: Double? = nil) throws(FormatError) -> Double {
    guard let value = value(key) else {
      guard let standard else { throw missing(key, "a number") }
      return standard
    }
    guard let number = value.double, number.isFinite, number > 0 else {
      throw wrong(key, "a number above 0", value)
    }
    return number
  }

  /// A truth value.
  func flag(_ key: String, default standard: Bool) throws(FormatError) -> Bool {
    guard let value = value(key) else { return standard }
    guard let flag = value.bool else { throw wrong(key, "true or false", value) }
    return flag
  }

  /// A text.
  func text(_ key: String) throws(FormatError) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string else { throw wrong(key, "a text", value) }
    return text
  }

  /// One token id or a list of them.
  func tokenIDs(_ key: String) throws(FormatError) -> [Int] {
    guard let value = value(key) else { return [] }
    let ids = (value.array ?? [value]).map(\.int)
    let known = ids.compactMap { $0 }.filter { $0 >= 0 }
    guard known.count == ids.count else { throw wrong(key, "token ids", value) }
    return known
  }

  func missing(_ key: String, _ expected: String) -> FormatError {
    .invalidSetting(path: path, key: prefix + key, expected: expected, found: "nothing")
  }

  func wrong(_ key: String, _ expected: String, _ value: JSONValue) -> FormatError {
    .invalidSetting(
      path: path,
      key: prefix + key,
      expected: expected,
      found: String(value.compact.prefix(60))
    )
  }

  func unsupported(_ what: String, _ supported: [String]) -> FormatError {
    .unsupported(path: path, what: what, supported: supported)
  }
}
