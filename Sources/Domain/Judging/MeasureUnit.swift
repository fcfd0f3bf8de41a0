/// What a number counts or measures.
///
/// Units are told apart, never converted: "2 hours" is not the answer to a question for minutes.
enum MeasureUnit: Hashable, Sendable {
  /// No unit was written.
  case none

  /// A percent sign or word.
  case percent

  /// Known units (an abbreviation may stand for several), perhaps per another one.
  case known(Set<String>, per: String?)

  /// Words that are no known unit: "apples", "red marbles".
  case noun(Set<String>)

  /// Whether an answer in one unit can be the answer in the other.
  ///
  /// A unit may be left out on either side, and so may the "per hour" of an amount of money.
  func agrees(with other: MeasureUnit) -> Bool {
    switch (self, other) {
    case (.none, _), (_, .none), (.percent, .percent): return true
    case (.known(let names, let per), .known(let others, let otherPer)):
      let shared = names.intersection(others)
      guard !shared.isEmpty else { return false }
      let isMoney = !shared.isDisjoint(with: UnitTable.money)
      return per == otherPer || (isMoney && (per == nil || otherPer == nil))
    case (.noun(let words), .noun(let others)):
      return words.contains { word in others.contains { Self.isSameWord(word, $0) } }
    default: return false
    }
  }

  /// Whether both are the same known unit or both percent.
  func isSameKnown(as other: MeasureUnit) -> Bool {
    switch (self, other) {
    case (.known, .known), (.percent, .percent): agrees(with: other)
    default: false
    }
  }

  /// Singular and plural count as one word: one begins the other and at most three letters differ.
  private static func isSameWord(_ word: String, _ other: String) -> Bool {
    let (short, long) = word.count <= other.count ? (word, other) : (other, word)
    if short == long { return true }
    let isPlural = short.count >= 3 && long.hasPrefix(short) && long.count - short.count <= 3
    let isChangedY =
      short.last == "y" && long.hasSuffix("ies") && long.dropLast(3) == short.dropLast()
    return isPlural || isChangedY
  }
}

/// The units that this room knows, by every way they are written (in small letters).
enum UnitTable {
  /// The units that are money.
  static let money: Set<String> = ["dollar", "euro", "pound sterling", "yen", "rupee", "cent"]

  /// The currency signs that stand before a number.
  static let currencySigns: [Unicode.Scalar: String] = [
    "$": "dollar", "€": "euro", "£": "pound sterling", "¥": "yen", "₹": "rupee",
  ]

  /// The words that multiply a number by a power of ten.
  static let scales: [String: Int] = [
    "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12,
  ]

  /// Names that are also common words: taken for units only where the text ends behind them.
  static let ambiguous: Set<String> = ["in", "m", "s", "h", "g", "l", "c", "f", "b", "d"]

  /// The unit or units that a word stands for.
  static func names(for word: String) -> Set<String>? { byWord[word] }

  /// The rate that a word stands for: `mph` is miles per hour.
  static func rate(for word: String) -> (unit: String, per: String)? { rates[word] }

  private static let rates: [String: (unit: String, per: String)] = [
    "mph": ("mile", "hour"), "kph": ("kilometre", "hour"), "kmh": ("kilometre", "hour"),
    "kmph": ("kilometre", "hour"), "fps": ("foot", "second"), "mps": ("metre", "second"),
  ]

  private static let byWord: [String: Set<String>] = {
    var table: [String: Set<String>] = [:]
    for (name, words) in spellings {
      for word in words.split(separator: " ") { table[String(word), default: []].insert(name) }
    }
    return table
  }()

  private static let spellings: [(String, String)] = [
    ("dollar", "dollar dollars usd buck bucks"), ("euro", "euro euros eur"),
    ("pound sterling", "gbp pounds pound"), ("yen", "yen jpy"), ("rupee", "rupee rupees inr"),
    ("cent", "cent cents"),
    ("kilometre", "km kms kilometer kilometers kilometre kilometres"),
    ("metre", "m meter meters metre metres"),
    ("centimetre", "cm cms centimeter centimeters centimetre centimetres"),
    ("millimetre", "mm millimeter millimeters millimetre millimetres"),
    ("mile", "mi mile miles"), ("yard", "yd yds yard yards"), ("foot", "ft foot feet"),
    ("inch", "in inch inches"),
    ("kilogram", "kg kgs kilogram kilograms kilo kilos"), ("gram", "g gram grams"),
    ("milligram", "mg milligram milligrams"), ("tonne", "tonne tonnes ton tons"),
    ("pound", "lb lbs pound pounds"), ("ounce", "oz ounce ounces"),
    ("litre", "l liter liters litre litres"),
    ("millilitre", "ml milliliter milliliters millilitre millilitres"),
    ("gallon", "gal gallon gallons"), ("cup", "cup cups"),
    ("hour", "h hr hrs hour hours"), ("minute", "min mins minute minutes"),
    ("second", "s sec secs second seconds"), ("day", "d day days"), ("week", "week weeks"),
    ("month", "month months"), ("year", "yr yrs year years"),
    ("degree", "\u{B0} degree degrees deg"),
    ("degree Celsius", "\u{B0} degree degrees deg \u{B0}c celsius centigrade"),
    ("degree Fahrenheit", "\u{B0} degree degrees deg \u{B0}f fahrenheit"),
    ("byte", "byte bytes b"), ("kilobyte", "kb"), ("megabyte", "mb"), ("gigabyte", "gb"),
    ("watt", "watt watts"), ("joule", "joule joules"), ("calorie", "calorie calories kcal cal"),
  ]
}
