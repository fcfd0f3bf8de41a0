/// A number as it was written, compared by value and never rounded: `0.50`, `1/2` and `5e-1` are
/// one number, `0.33` and `1/3` are two.
enum ExactNumber: Hashable, Sendable {
  /// A reduced fraction with a positive denominator.
  case ratio(numerator: Int128, denominator: Int128)

  /// A decimal number with too many digits for a ratio: `±digits × 10^exponent`, the digits
  /// without zeros at either end.
  case long(isNegative: Bool, digits: [UInt8], exponent: Int)

  /// The number `±digits × 10^exponent`; digits are 0 to 9, most significant first.
  init(isNegative: Bool, digits: [UInt8], exponent: Int) {
    var kept = digits.drop { $0 == 0 }
    var power = exponent
    while kept.last == 0 {
      kept.removeLast()
      power += 1
    }
    guard !kept.isEmpty else {
      self = .ratio(numerator: 0, denominator: 1)
      return
    }
    guard kept.count + abs(power) <= 36 else {
      self = .long(isNegative: isNegative, digits: Array(kept), exponent: power)
      return
    }
    let mantissa = kept.reduce(Int128(0)) { $0 * 10 + Int128($1) } * (isNegative ? -1 : 1)
    let scale = (0..<abs(power)).reduce(Int128(1)) { product, _ in product * 10 }
    self =
      power >= 0
      ? .ratio(numerator: mantissa * scale, denominator: 1)
      : Self.reduced(mantissa, scale)
  }

  /// The fraction `whole + numerator / denominator`, or nil when it is undefined or has more than
  /// eighteen digits in a part.
  init?(isNegative: Bool, whole: [UInt8], numerator: [UInt8], denominator: [UInt8]) {
    guard let whole = Self.integer(whole), let top = Self.integer(numerator),
      let bottom = Self.integer(denominator), bottom != 0
    else { return nil }
    let value = whole * bottom + top
    self = Self.reduced(isNegative ? -value : value, bottom)
  }

  /// A whole number.
  init(_ value: Int) { self = .ratio(numerator: Int128(value), denominator: 1) }

  /// The number with the other sign.
  var negated: ExactNumber {
    switch self {
    case .ratio(let numerator, let denominator):
      .ratio(numerator: -numerator, denominator: denominator)
    case .long(let isNegative, let digits, let exponent):
      .long(isNegative: !isNegative, digits: digits, exponent: exponent)
    }
  }

  /// The number divided by a hundred; nil when it has too many digits.
  var hundredth: ExactNumber? {
    guard case .ratio(let numerator, let denominator) = self else { return nil }
    let product = denominator.multipliedReportingOverflow(by: 100)
    return product.overflow ? nil : Self.reduced(numerator, product.partialValue)
  }

  /// Whether the number has no fractional part.
  var isWhole: Bool {
    if case .ratio(_, let denominator) = self { return denominator == 1 }
    return false
  }
}

extension ExactNumber {
  private static func reduced(_ numerator: Int128, _ denominator: Int128) -> ExactNumber {
    var larger = numerator.magnitude
    var smaller = denominator.magnitude
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    let divisor = Int128(larger)
    return .ratio(numerator: numerator / divisor, denominator: denominator / divisor)
  }

  private static func integer(_ digits: [UInt8]) -> Int128? {
    let kept = digits.drop { $0 == 0 }
    guard kept.count <= 18 else { return nil }
    return kept.reduce(Int128(0)) { $0 * 10 + Int128($1) }
  }
}
