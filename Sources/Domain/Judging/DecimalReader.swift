/// Reads one number: `1,234.50`, `.5`, `1.5e-4`, `3 × 10^4`, `1/2`, `1 1/2`, `2 million`.
struct DecimalReader {
  /// A number and the index behind it.
  struct Reading {
    var number: ExactNumber
    var end: Int
    var isUndoneDivision = false
  }

  /// Longest number that is read, in digits; more is no answer, and comparing stays cheap.
  static let maximumDigits = 400

  let text: Scalars

  func number(at index: Int, isNegative: Bool) -> Reading? {
    guard let whole = digits(at: index) else { return nil }
    let isFraction = text.at(whole.end) == "." && text.at(whole.end + 1).map(\.isDigit) == true
    if isFraction || whole.digits.isEmpty {
      return decimal(whole, isNegative: isNegative)
    }
    if let mixed = mixed(whole, isNegative: isNegative) { return mixed }
    if let fraction = fraction(whole, isNegative: isNegative) { return fraction }
    return powered(whole.digits, exponent: 0, end: whole.end, isNegative: isNegative)
  }
}

extension DecimalReader {
  private typealias Digits = (digits: [UInt8], end: Int)

  /// Digits with correct groups of three, or nothing before a decimal point.
  private func digits(at index: Int) -> Digits? {
    var (found, end) = plainDigits(at: index)
    if found.isEmpty {
      let isPoint = text.at(end) == "." && text.at(end + 1).map(\.isDigit) == true
      return isPoint ? ([], end) : nil
    }
    if found.count <= 3 {
      while text.at(end) == "," {
        let group = plainDigits(at: end + 1)
        guard group.digits.count == 3 else { break }
        found += group.digits
        end = group.end
      }
    }
    return found.count <= Self.maximumDigits ? (found, end) : nil
  }

  private func plainDigits(at index: Int) -> Digits {
    var found: [UInt8] = []
    var end = index
    while let here = text.at(end), here.isDigit {
      if found.count <= Self.maximumDigits { found.append(UInt8(here.value - 48)) }
      end += 1
    }
    return (found, end)
  }

  private func decimal(_ whole: Digits, isNegative: Bool) -> Reading? {
    let part = plainDigits(at: whole.end + 1)
    guard whole.digits.count + part.digits.count <= Self.maximumDigits else { return nil }
    return powered(
      whole.digits + part.digits,
      exponent: -part.digits.count,
      end: part.end,
      isNegative: isNegative
    )
  }

  private func mixed(_ whole: Digits, isNegative: Bool) -> Reading? {
    guard let joint = text.at(whole.end), joint == " " || joint == "-" else { return nil }
    let top = plainDigits(at: whole.end + 1)
    guard !top.digits.isEmpty, text.at(top.end) == "/" else { return nil }
    let bottom = plainDigits(at: top.end + 1)
    let isProper = isSmaller(top.digits, bottom.digits)
    guard isProper, text.at(bottom.end) != "/",
      let number = ExactNumber(
        isNegative: isNegative,
        whole: whole.digits,
        numerator: top.digits,
        denominator: bottom.digits
      )
    else { return nil }
    return Reading(number: number, end: bottom.end)
  }

  private func fraction(_ top: Digits, isNegative: Bool) -> Reading? {
    guard text.at(top.end) == "/" else { return nil }
    let bottom = plainDigits(at: top.end + 1)
    guard !bottom.digits.isEmpty, text.at(bottom.end) != "/",
      let number = ExactNumber(
        isNegative: isNegative,
        whole: [],
        numerator: top.digits,
        denominator: bottom.digits
      )
    else { return nil }
    return Reading(number: number, end: bottom.end, isUndoneDivision: number.isWhole)
  }

  private func isSmaller(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let (left, right) = (left.drop { $0 == 0 }, right.drop { $0 == 0 })
    return left.count == right.count
      ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  /// Adds a power of ten that follows: `e-4`, `× 10^4`, `million`.
  private func powered(_ digits: [UInt8], exponent: Int, end: Int, isNegative: Bool) -> Reading {
    let power = scientific(at: end) ?? timesTen(at: end) ?? scale(at: end)
    return Reading(
      number: ExactNumber(
        isNegative: isNegative,
        digits: digits,
        exponent: exponent + (power?.exponent ?? 0)
      ),
      end: power?.end ?? end
    )
  }

  private typealias Power = (exponent: Int, end: Int)

  private func scientific(at index: Int) -> Power? {
    guard let letter = text.at(index)?.lowered, letter == "e" else { return nil }
    return signedInteger(at: index + 1)
  }

  private func timesTen(at index: Int) -> Power? {
    let sign = text.skippingBlanks(from: index)
    guard let here = text.at(sign), here == "\u{D7}" || here == "*" || here == "x" else {
      return nil
    }
    let ten = text.skippingBlanks(from: sign + 1)
    guard text.has("10^", at: ten) else { return nil }
    let isBraced = text.at(ten + 3) == "{"
    guard let power = signedInteger(at: ten + (isBraced ? 4 : 3)) else { return nil }
    guard isBraced else { return power }
    return text.at(power.end) == "}" ? (power.exponent, power.end + 1) : nil
  }

  private func scale(at index: Int) -> Power? {
    let start = text.skippingBlanks(from: index)
    guard start > index else { return nil }
    for (word, exponent) in UnitTable.scales where text.has(word, at: start) {
      let end = start + word.utf8.count
      if text.at(end).map({ !$0.isWordPart }) ?? true { return (exponent, end) }
    }
    return nil
  }

  private func signedInteger(at index: Int) -> Power? {
    let isNegative = text.at(index) == "-"
    let start = isNegative || text.at(index) == "+" ? index + 1 : index
    let found = plainDigits(at: start)
    guard (1...4).contains(found.digits.count) else { return nil }
    let value = found.digits.reduce(0) { $0 * 10 + Int($1) }
    return (isNegative ? -value : value, found.end)
  }
}
