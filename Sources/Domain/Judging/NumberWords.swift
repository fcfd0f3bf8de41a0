/// Numbers written as English words, from zero to ninety-nine.
enum NumberWords {
  private static let units = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
  ]
  private static let tens = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
  ]

  /// The value of one word such as `seven` or `forty-two`.
  static func value(_ word: String) -> Int? {
    if let unit = units.firstIndex(of: word) { return unit }
    let parts = word.split(separator: "-", maxSplits: 1)
    guard let first = parts.first, let ten = tens.firstIndex(of: String(first)), ten >= 2 else {
      return nil
    }
    guard parts.count == 2 else { return ten * 10 }
    guard let unit = units.firstIndex(of: String(parts[1])), (1...9).contains(unit) else {
      return nil
    }
    return ten * 10 + unit
  }

  /// The number that the whole text is, with at most three words behind it.
  static func whole(_ text: Scalars) -> Quantity? {
    let words = text.words
    guard let first = words.first, words.count <= 4, let value = value(bare(first)) else {
      return nil
    }
    let rest = words.dropFirst().map(bare)
    let unit = UnitReader(text: text).unit(at: first.endIndex)?.unit
    return Quantity(
      number: ExactNumber(value),
      unit: unit ?? (rest.isEmpty ? .none : .noun(Set(rest))),
      range: text.startIndex..<text.endIndex
    )
  }

  /// The last number word of the text; "one" is passed over, since it is mostly a pronoun.
  static func last(in text: Scalars) -> Quantity? {
    for word in text.words.reversed() {
      let name = bare(word)
      guard name != "one", let value = value(name) else { continue }
      return Quantity(
        number: ExactNumber(value),
        unit: UnitReader(text: text).unit(at: word.endIndex)?.unit ?? .none,
        range: word.startIndex..<word.endIndex
      )
    }
    return nil
  }

  private static func bare(_ word: Scalars) -> String {
    word.trimming { !$0.isLetter }.string.lowercased()
  }
}
