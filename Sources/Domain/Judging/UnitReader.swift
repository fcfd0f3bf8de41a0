/// Reads the unit that follows a number: `%`, `km/h`, `square feet`, `dollars per hour`.
struct UnitReader {
  let text: Scalars

  /// A unit and the index behind it, or nil when no known unit stands at the index or after one
  /// blank or hyphen.
  func unit(at index: Int) -> (unit: MeasureUnit, end: Int)? {
    var start = text.skippingBlanks(from: index)
    if text.at(start) == "-", text.at(start + 1).map(\.isLetter) == true { start += 1 }
    if let percent = percent(at: start) { return percent }
    guard let first = term(at: start) else { return nil }
    if let rate = UnitTable.rate(for: key(word(at: start))) {
      return (.known([rate.unit], per: rate.per), first.end)
    }
    guard let next = denominatorStart(after: first.end) else {
      return (.known(first.names, per: nil), first.end)
    }
    let isSlash = text.at(next - 1) == "/"
    guard let second = term(at: next) else {
      // "per box" counts nothing measurable; the amount alone is compared.
      return (.known(first.names, per: nil), isSlash ? first.end : wordEnd(from: next))
    }
    return (.known(first.names, per: second.names.sorted().first), second.end)
  }

  /// The rate of an amount of money whose currency sign stood before the number: `$5 per hour`.
  func rate(at index: Int) -> (per: String, end: Int)? {
    guard let next = denominatorStart(after: index), let unit = term(at: next) else { return nil }
    return unit.names.sorted().first.map { ($0, unit.end) }
  }
}

extension UnitReader {
  private static let powers = [
    ("square", "square "), ("sq", "square "), ("cubic", "cubic "), ("cu", "cubic "),
  ]

  private func percent(at index: Int) -> (unit: MeasureUnit, end: Int)? {
    if text.at(index) == "%" { return (.percent, index + 1) }
    for name in ["percent", "per cent", "pct"] {
      let end = index + name.utf8.count
      let isWhole = text.at(end).map { !$0.isWordPart } ?? true
      if text.has(name, at: index), isWhole { return (.percent, end) }
    }
    return nil
  }

  /// One unit with an optional power: `feet`, `sq ft`, `cm^2`.
  private func term(at index: Int) -> (names: Set<String>, end: Int)? {
    var start = index
    var power = ""
    for (prefix, name) in Self.powers {
      let end = index + prefix.utf8.count
      guard power.isEmpty, text.has(prefix, at: index) else { continue }
      let behind = text.at(end) == "." ? end + 1 : end
      guard text.at(behind)?.isBlank == true else { continue }
      (start, power) = (text.skippingBlanks(from: behind), name)
    }
    let name = word(at: start)
    let key = key(name)
    if let rate = UnitTable.rate(for: key) { return ([rate.unit], name.endIndex) }
    guard let names = UnitTable.names(for: key) else { return nil }
    if UnitTable.ambiguous.contains(key), power.isEmpty, !isFollowedByEnd(name.endIndex) {
      return nil
    }
    if names.contains("degree") {
      let scale = word(at: text.skippingBlanks(from: name.endIndex))
      if let exact = UnitTable.names(for: self.key(scale)), exact.isStrictSubset(of: names) {
        return (exact, scale.endIndex)
      }
    }
    return raised(names, power: power, from: name.endIndex)
  }

  private func raised(
    _ names: Set<String>,
    power: String,
    from end: Int
  )
    -> (names: Set<String>, end: Int)?
  {
    let isRaised = text.at(end) == "^" && text.at(end + 2).map { !$0.isWordPart } ?? true
    if isRaised, text.at(end + 1) == "2" { return (Set(names.map { "square \($0)" }), end + 2) }
    if isRaised, text.at(end + 1) == "3" { return (Set(names.map { "cubic \($0)" }), end + 2) }
    return (Set(names.map { power + $0 }), end)
  }

  /// An ambiguous short name counts when punctuation, a power, a rate or the end follows it.
  private func isFollowedByEnd(_ index: Int) -> Bool {
    guard let next = text.at(text.skippingBlanks(from: index)) else { return true }
    return !next.isWordPart && next != "'"
  }

  private func word(at index: Int) -> Scalars {
    var end = index
    if text.at(end) == "\u{B0}" {
      end += 1
      if let letter = text.at(end)?.lowered, letter == "c" || letter == "f" { end += 1 }
    } else {
      while let here = text.at(end), here.isLetter, end - index < 24 { end += 1 }
    }
    guard index <= text.endIndex else { return text[text.endIndex...] }
    return text[index..<end]
  }

  private func key(_ word: Scalars) -> String { String(word.map { Character($0.lowered) }) }

  private func wordEnd(from index: Int) -> Int { word(at: index).endIndex }

  private func denominatorStart(after index: Int) -> Int? {
    if text.at(index) == "/", text.at(index + 1).map(\.isLetter) == true { return index + 1 }
    let start = text.skippingBlanks(from: index)
    if start > index, text.has("per ", at: start) {
      return text.skippingBlanks(from: start + 4)
    }
    let article = ["a ", "an "].first { start > index && text.has($0, at: start) }
    guard let article else { return nil }
    let next = text.skippingBlanks(from: start + article.utf8.count)
    return term(at: next) == nil ? nil : next
  }
}
