/// Writes the many forms of one sign as one form: minus signs, spaces, quotation marks, full-width
/// letters, fraction characters, superscripts and line ends.
///
/// One pass; the result is at most four times as long as the text.
struct FoldedText {
  private(set) var scalars: [Unicode.Scalar] = []

  init(_ text: String) {
    let source = Array(text.unicodeScalars)
    scalars.reserveCapacity(source.count)
    for index in source.indices { fold(source, at: index) }
  }

  private mutating func fold(_ source: [Unicode.Scalar], at index: Int) {
    let scalar = source[index]
    switch scalar.value {
    case 0x0D:
      if index + 1 >= source.count || source[index + 1] != "\n" { scalars.append("\n") }
    case 0x200B...0x200D, 0x2060, 0xFEFF:
      break
    case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000:
      foldSpace(source, at: index)
    case 0x2010...0x2013, 0x2212, 0xFE63, 0xFF0D:
      scalars.append("-")
    case 0x2014, 0x2015:
      scalars += [" ", "-", " "]
    case 0x201C...0x201F, 0xAB, 0xBB:
      scalars.append("\"")
    case 0x2018...0x201B, 0x2032:
      scalars.append("'")
    case 0x2044, 0x2215:
      scalars.append("/")
    case 0x2026:
      scalars += [".", ".", "."]
    case 0xA2:
      scalars += " cents".unicodeScalars
    case 0x22C5, 0x2715, 0x2716:
      scalars.append("\u{D7}")
    case 0xFF01...0xFF5E:
      scalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
    default:
      foldFractionOrPower(scalar)
    }
  }

  /// A no-break or thin space between groups of three digits is a thousands separator.
  private mutating func foldSpace(_ source: [Unicode.Scalar], at index: Int) {
    let next = source[(index + 1)...].prefix(4)
    let isGroup = next.prefix(3).count == 3 && next.prefix(3).allSatisfy(\.isDigit)
    let isLonger = next.count == 4 && next.last.map(\.isDigit) == true
    if isGroup, !isLonger, scalars.last.map(\.isDigit) == true { return }
    scalars.append(" ")
  }

  private mutating func foldFractionOrPower(_ scalar: Unicode.Scalar) {
    if let fraction = Self.fractions[scalar] {
      if scalars.last.map(\.isDigit) == true { scalars.append(" ") }
      scalars += fraction.unicodeScalars
    } else if let power = Self.powers[scalar] {
      let isContinued = scalars.dropLast().last == "^" && scalars.last != nil
      if !isContinued { scalars.append("^") }
      scalars.append(power)
    } else {
      scalars.append(scalar)
    }
  }

  private static let fractions: [Unicode.Scalar: String] = [
    "¼": "1/4", "½": "1/2", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅖": "2/5",
    "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8",
    "⅞": "7/8",
  ]

  private static let powers: [Unicode.Scalar: Unicode.Scalar] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-",
  ]
}
