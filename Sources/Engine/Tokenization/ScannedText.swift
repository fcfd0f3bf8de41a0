/// What the pre-tokenizers' patterns distinguish about a Unicode scalar.
enum ScalarClass: UInt8, Sendable {
  /// `\p{L}`
  case letter
  /// `\p{N}`
  case number
  /// `\s` but not a line end.
  case space
  /// Carriage return or line feed, which are `\s` too.
  case lineEnd
  /// Everything else.
  case other

  var isSpace: Bool { self == .space || self == .lineEnd }

  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      self = Self.ascii[Int(scalar.value)]
    } else {
      self.init(properties: scalar.properties)
    }
  }

  private init(properties: Unicode.Scalar.Properties) {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    default: self = properties.isWhitespace ? .space : .other
    }
  }

  private static let ascii: [ScalarClass] = (0..<128).map { (value: UInt8) in
    if value == 10 || value == 13 { return .lineEnd }
    return ScalarClass(properties: Unicode.Scalar(value).properties)
  }
}

/// A text as scalars with their classes: what the scanners walk over.
struct ScannedText: Sendable {
  /// The scalars.
  private(set) var scalars: [Unicode.Scalar] = []
  /// The class of each.
  private(set) var classes: [ScalarClass] = []
  /// Where each starts in UTF-8 bytes, and after the last the end of the text.
  private(set) var offsets: [Int] = []

  init(_ text: Substring.UnicodeScalarView) {
    var offset = 0
    for scalar in text {
      scalars.append(scalar)
      classes.append(ScalarClass(scalar))
      offsets.append(offset)
      offset += UTF8.width(scalar)
    }
    offsets.append(offset)
  }

  var count: Int { scalars.count }

  /// The end of the run of scalars from `start` on whose class `isPart` accepts.
  func run(from start: Int, to end: Int, _ isPart: (ScalarClass) -> Bool) -> Int {
    var place = start
    while place < end, isPart(classes[place]) { place += 1 }
    return place
  }
}
