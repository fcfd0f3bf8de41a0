/// Reads numbers with their units out of text.
///
/// A number is taken only when it stands alone: not inside a word (`x42`, `3rd`), a date
/// (`2024-05-01`, `1/2/2024`), a time (`10:30`), a version (`1.2.3`) or a power (`2^3`).
/// Every index is visited a bounded number of times.
struct QuantityReader {
  let text: Scalars

  /// The quantity that begins exactly at the index.
  func quantity(at index: Int) -> Quantity? {
    guard isFree(before: index) else { return nil }
    var place = index
    var isNegative = false
    var currency: String?
    for _ in 0..<2 {
      guard let here = text.at(place) else { break }
      if here == "-" || here == "+", place == index || currency != nil, isSign(at: place) {
        isNegative = here == "-"
        place += 1
      } else if let sign = UnitTable.currencySigns[here], currency == nil {
        currency = sign
        place = text.skippingBlanks(from: place + 1)
      }
    }
    guard let reading = DecimalReader(text: text).number(at: place, isNegative: isNegative)
    else { return nil }
    return finished(reading, from: index, currency: currency)
  }

  /// Every quantity of the text, in order.
  func all() -> [Quantity] {
    var found: [Quantity] = []
    var index = text.startIndex
    while index < text.endIndex {
      guard mayBegin(at: index) else {
        index = text[index].isLetter ? runEnd(from: index) : index + 1
        continue
      }
      if let quantity = quantity(at: index) {
        found.append(quantity)
        index = quantity.range.upperBound
      } else {
        index = text[index].isDigit ? runEnd(from: index) : index + 1
      }
    }
    return found
  }

  /// The quantity that the whole text is: a number, a unit, and at most six words without digits.
  func whole() -> Quantity? {
    let inner = Self.joined(text.trimming { $0.isSpace || Self.wrapping.contains($0) })
    guard let start = inner.first else { return nil }
    var reader = QuantityReader(text: inner)
    var isNegative = false
    if start == "-" || start == "+", inner.at(inner.startIndex + 1)?.isBlank == true {
      isNegative = start == "-"
      reader = QuantityReader(text: inner.dropFirst().trimmed)
    }
    guard var quantity = reader.quantity(at: reader.text.startIndex) else { return nil }
    if isNegative { quantity.number = quantity.number.negated }
    let rest = reader.text[quantity.range.upperBound...]
    let words = rest.trimming { $0.isSpace || Self.wrapping.contains($0) || $0 == "." || $0 == "$" }
      .words
    guard words.count <= 6, words.joined().allSatisfy({ $0.isLetter || Self.joints.contains($0) })
    else { return nil }
    if quantity.unit == .none { quantity.unit = Self.noun(words) }
    return quantity
  }
}

extension QuantityReader {
  static let wrapping = Set("*_`\"()[]~:;,!?".unicodeScalars)

  private static let joints = Set("'-.,".unicodeScalars)

  private static let fillers: Set<String> = [
    "of", "in", "total", "left", "the", "each", "per", "are", "is", "remaining", "altogether",
    "a", "an", "and", "on", "at", "for", "all", "more", "exactly", "only", "now",
  ]

  /// A number whose groups of three stand apart (`1 234 567`), as one word.
  private static func joined(_ text: Scalars) -> Scalars {
    let words = text.words
    let groups = words.prefix { $0.allSatisfy(\.isDigit) }
    guard groups.count > 1, let first = groups.first, let last = groups.last, first.count <= 3,
      groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return text }
    return (groups.joined() + text[last.endIndex...])[...]
  }

  private static func noun(_ words: [Scalars]) -> MeasureUnit {
    let names = words.map { $0.string.lowercased().filter(\.isLetter) }
    let kept = Set(names).subtracting(fillers).subtracting([""])
    return kept.isEmpty ? .none : .noun(kept)
  }

  private func mayBegin(at index: Int) -> Bool {
    let here = text[index]
    return here.isDigit || "-+.".unicodeScalars.contains(here)
      || UnitTable.currencySigns[here] != nil
  }

  /// A sign belongs to a number when no operand stands before it.
  private func isSign(at index: Int) -> Bool {
    guard let next = text.at(index + 1),
      next.isDigit || next == "." || UnitTable.currencySigns[next] != nil
    else { return false }
    var before = index - 1
    while let here = text.at(before), here.isBlank { before -= 1 }
    guard let here = text.at(before), before >= index - 2 else { return true }
    return !(here.isDigit || here == ")" || (before == index - 1 && here.isWordPart))
  }

  private func isFree(before index: Int) -> Bool {
    guard let before = text.at(index - 1) else { return true }
    if UnitTable.currencySigns[text.at(index) ?? " "] != nil { return true }
    if before.isWordPart || before == "^" { return false }
    guard ".,:/-'".unicodeScalars.contains(before), let earlier = text.at(index - 2) else {
      return true
    }
    if before == ":" || before == "," { return !earlier.isDigit }
    return !earlier.isWordPart
  }

  /// The end of the run of letters, digits and joints that an unreadable number is part of.
  private func runEnd(from index: Int) -> Int {
    let joints: Set<Unicode.Scalar> =
      text[index].isLetter ? ["-", "_", "."] : ["-", "_", ".", ",", ":", "/", "^"]
    var place = index + 1
    while let here = text.at(place) {
      let isJoint = joints.contains(here) && text.at(place + 1).map(\.isWordPart) == true
      guard here.isWordPart || isJoint else { break }
      place += 1
    }
    return place
  }

  private func finished(
    _ reading: DecimalReader.Reading,
    from start: Int,
    currency: String?
  )
    -> Quantity?
  {
    var quantity = Quantity(
      number: reading.number,
      unit: .none,
      range: start..<reading.end,
      isUndoneDivision: reading.isUndoneDivision
    )
    // `$42$` is mathematics, not money.
    let isMathematics = currency == "dollar" && text.at(reading.end) == "$"
    let reader = UnitReader(text: text)
    if let currency, !isMathematics {
      let rate = reader.rate(at: reading.end)
      quantity.unit = .known([currency], per: rate?.per)
      quantity.range = start..<(rate?.end ?? reading.end)
    } else if let money = currencyBehind(reading.end) {
      quantity.unit = .known([money.name], per: nil)
      quantity.range = start..<money.end
    } else if let unit = reader.unit(at: reading.end) {
      quantity.unit = unit.unit
      quantity.range = start..<unit.end
    }
    return isFree(after: quantity.range.upperBound) ? quantity : nil
  }

  /// The currency sign behind a number, as in `5 €`.
  ///
  /// A dollar sign there may end mathematics instead.
  private func currencyBehind(_ index: Int) -> (name: String, end: Int)? {
    let place = text.skippingBlanks(from: index)
    guard let sign = text.at(place), sign != "$", let name = UnitTable.currencySigns[sign],
      text.at(place + 1).map({ !$0.isDigit }) ?? true
    else { return nil }
    return (name, place + 1)
  }

  private func isFree(after index: Int) -> Bool {
    guard let here = text.at(index) else { return true }
    if here.isWordPart || here == "^" || UnitTable.currencySigns[here] != nil && here != "$" {
      return false
    }
    guard ".,:/-".unicodeScalars.contains(here), let next = text.at(index + 1) else { return true }
    return !next.isDigit
  }
}
