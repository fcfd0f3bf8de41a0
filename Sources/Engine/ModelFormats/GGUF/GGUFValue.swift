/// A value of a GGUF file's metadata.
public enum GGUFValue: Hashable, Sendable {
  /// A number without a sign, of any width.
  case unsigned(UInt64)
  /// A number with a sign, of any width.
  case signed(Int64)
  /// A 32-bit float.
  case float(Float)
  /// A 64-bit float.
  case double(Double)
  /// True or false.
  case bool(Bool)
  /// A text, as its bytes.
  case string([UInt8])
  /// A list of whole numbers of any width; above `Int64.max` is refused when reading.
  case integers([Int64])
  /// A list of 32- or 64-bit floats.
  case doubles([Double])
  /// A list of truth values.
  case bools([Bool])
  /// A list of texts.
  case strings(PackedStrings)

  /// The value as a whole number, if it is one that fits.
  public var integer: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .signed(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The value as a floating-point or whole number.
  public var number: Double? {
    switch self {
    case .unsigned(let value): Double(value)
    case .signed(let value): Double(value)
    case .float(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The value as a text; bytes that are not UTF-8 become U+FFFD.
  public var text: String? {
    guard case .string(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What kind of value it is, for error texts.
  var kind: String {
    switch self {
    case .unsigned(let value): "the number \(value)"
    case .signed(let value): "the number \(value)"
    case .float(let value): "the number \(value)"
    case .double(let value): "the number \(value)"
    case .bool(let value): "\(value)"
    case .string: "the text \"\(text?.prefix(60) ?? "")\""
    case .integers, .doubles, .bools, .strings: "a list"
    }
  }
}

/// The metadata of a GGUF file: values by key.
public struct GGUFMetadata: Sendable {
  /// The keys in file order.
  public private(set) var keys: [String] = []
  private var values: [String: GGUFValue] = [:]

  /// No metadata.
  public init() {}

  /// The value of a key.
  public subscript(key: String) -> GGUFValue? { values[key] }

  /// The value of a key, if it is a text.
  public func text(_ key: String) -> String? { values[key]?.text }

  /// The value of a key, if it is a whole number.
  public func integer(_ key: String) -> Int? { values[key]?.integer }

  /// The value of a key, if it is a number.
  public func number(_ key: String) -> Double? { values[key]?.number }

  /// The value of a key, if it is a truth value.
  public func bool(_ key: String) -> Bool? {
    guard case .bool(let value)? = values[key] else { return nil }
    return value
  }

  /// The value of a key, if it is a list of texts.
  public func strings(_ key: String) -> PackedStrings? {
    guard case .strings(let value)? = values[key] else { return nil }
    return value
  }

  /// The value of a key, if it is a list of whole numbers.
  public func integers(_ key: String) -> [Int64]? {
    guard case .integers(let value)? = values[key] else { return nil }
    return value
  }

  /// The value of a key, if it is a list of floats.
  public func numbers(_ key: String) -> [Double]? {
    guard case .doubles(let value)? = values[key] else { return nil }
    return value
  }

  /// Adds a value and says whether the key was new.
  mutating func insert(_ value: GGUFValue, for key: String) -> Bool {
    guard values.updateValue(value, forKey: key) == nil else { return false }
    keys.append(key)
    return true
  }

  /// Gives a key a value, which takes the place of an older one; nil changes nothing.
  public mutating func set(_ key: String, to value: GGUFValue?) {
    guard let value else { return }
    if values.updateValue(value, forKey: key) == nil { keys.append(key) }
  }
}
