internal import Foundations

/// Reads an object's settings by key and type, and refuses what nobody reads.
struct SettingObject {
  private var values: [String: JSONValue] = [:]
  private var spellings: [String: String] = [:]

  init(
    _ json: JSONValue,
    keys: [String],
    aliases: [String: String]
  ) throws(SettingError) {
    guard let members = json.object else {
      throw SettingError(key: "(whole document)", reason: "must be a mapping of keys to values")
    }
    for member in members {
      let key = aliases[member.key] ?? member.key
      guard keys.contains(key) else {
        throw SettingError(
          key: member.key,
          reason: "is not a known setting; known: \(keys.joined(separator: ", "))"
        )
      }
      if let earlier = spellings[key] {
        throw SettingError(key: member.key, reason: "sets again what \(earlier) has set")
      }
      spellings[key] = member.key
      if member.value != .null { values[key] = member.value }
    }
  }

  func value(_ key: String) -> JSONValue? { values[key] }

  func refusal(_ key: String, _ expected: String, found: String) -> SettingError {
    SettingError(key: spellings[key] ?? key, reason: "must be \(expected); found \(found)")
  }

  /// An error about a key of the object, under the spelling that was used.
  func refusal(_ key: String, because reason: String) -> SettingError {
    SettingError(key: spellings[key] ?? key, reason: reason)
  }

  /// A name out of a closed list.
  func choice<Choice>(
    _ key: String,
    _ names: String,
    _ find: (String) -> Choice?
  ) throws(SettingError) -> Choice? {
    guard let name = try text(key) else { return nil }
    guard let choice = find(name) else {
      throw refusal(key, "a name of \(names)", found: name)
    }
    return choice
  }

  func text(_ key: String) throws(SettingError) -> String? {
    guard let value = values[key] else { return nil }
    guard let text = value.string, !text.isEmpty else {
      throw refusal(key, "a text", found: value.compact)
    }
    return text
  }

  /// `most` keeps products of settings inside an integer.
  func whole(
    _ key: String,
    from least: Int,
    to most: Int = Int(Int32.max)
  ) throws(SettingError) -> Int? {
    guard let value = values[key] else { return nil }
    guard let number = value.int, number >= least else {
      throw refusal(key, "a whole number of at least \(least)", found: value.compact)
    }
    guard number <= most else { throw refusal(key, "at most \(most)", found: value.compact) }
    return number
  }

  func whole(_ key: String, from least: Int, into target: inout Int) throws(SettingError) {
    if let number = try whole(key, from: least) { target = number }
  }

  func number(
    _ key: String,
    in range: ClosedRange<Double>,
    into target: inout Double
  ) throws(SettingError) {
    guard let value = values[key] else { return }
    guard let number = value.double, range.contains(number) else {
      throw refusal(
        key,
        "a number from \(range.lowerBound) to \(range.upperBound)",
        found: value.compact
      )
    }
    target = number
  }

  func number(
    _ key: String,
    in range: ClosedRange<Double>
  ) throws(SettingError) -> Double? {
    guard values[key] != nil else { return nil }
    var number = 0.0
    try self.number(key, in: range, into: &number)
    return number
  }

  func positive(
    _ key: String,
    to most: Double = .greatestFiniteMagnitude,
    into target: inout Double
  ) throws(SettingError) {
    guard let value = values[key] else { return }
    guard let number = value.double, number > 0 else {
      throw refusal(key, "a number above 0", found: value.compact)
    }
    guard number <= most else { throw refusal(key, "at most \(most)", found: value.compact) }
    target = number
  }

  func flag(_ key: String, into target: inout Bool) throws(SettingError) {
    guard let value = values[key] else { return }
    guard let flag = value.bool else {
      throw refusal(key, "true or false", found: value.compact)
    }
    target = flag
  }
}
