/// A JSON number that keeps the text it was written with.
///
/// Equality is equality of the text, so `1`, `1.0` and `1e0` are three numbers.
public struct JSONNumber: Hashable, Sendable {
  /// The number as written.
  public let literal: String

  /// Takes a text that the JSON grammar already accepted.
  init(acceptedLiteral: String) {
    literal = acceptedLiteral
  }

  /// A whole number.
  public init(_ value: some BinaryInteger) {
    literal = String(value)
  }

  /// A finite number in ECMAScript's shortest form; nil for NaN and infinities.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    literal = JSONNumber.ecmaScriptText(of: value)
  }

  /// The value as a 64-bit integer, where it is a whole number that fits exactly.
  public var int64: Int64? {
    if let exact = Int64(literal) { return exact }
    let value = double
    return value.magnitude < 9_007_199_254_740_992 ? Int64(exactly: value) : nil
  }

  /// The nearest double; infinite where the literal is beyond its range.
  public var double: Double {
    Double(literal) ?? .nan
  }
}

extension JSONNumber {
  /// Whether the literal is a small whole number, which stands in its canonical form already.
  var isCanonical: Bool {
    let digits = literal.utf8
    guard let first = digits.first, digits.count <= 15 else { return false }
    if first == 0x30 { return digits.count == 1 }
    return digits.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// The text that ECMAScript's `Number::toString` gives a finite value.
  ///
  /// Source: ECMA-262, section 6.1.6.1.20, as RFC 8785 section 3.2.2.3 demands. The digits are the
  /// shortest that read back as the same double, which is what Swift's own description prints.
  static func ecmaScriptText(of value: Double) -> String {
    if value == 0 { return "0" }
    let sign = value < 0 ? "-" : ""
    let (digits, point) = decimal(of: value.magnitude)
    let count = digits.count
    if point > 21 || point <= -6 {
      let rest = digits.dropFirst()
      let exponent = point - 1
      let exponentText = (exponent < 0 ? "e-" : "e+") + String(exponent.magnitude)
      return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + exponentText
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if count <= point { return sign + digits + String(repeating: "0", count: point - count) }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }

  /// The shortest digits of a positive value and where its decimal point stands after the first.
  private static func decimal(of magnitude: Double) -> (digits: String, point: Int) {
    let parts = "\(magnitude)".split(separator: "e")
    let mantissa = parts.first ?? "0"
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let whole = mantissa.prefix { $0 != "." }
    let fraction = mantissa.dropFirst(whole.count + 1)
    var digits = Substring(String(whole) + String(fraction))
    var point = whole.count + exponent
    while digits.hasPrefix("0"), digits.count > 1 {
      digits = digits.dropFirst()
      point -= 1
    }
    while digits.hasSuffix("0"), digits.count > 1 { digits = digits.dropLast() }
    return (String(digits), point)
  }
}
