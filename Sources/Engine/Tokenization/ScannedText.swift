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
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    default:
      let isLineEnd = scalar == "\n" || scalar == "\r"
      self = isLineEnd ? .lineEnd : properties.isWhitespace ? .space : .other
    }
  }
}

/// The classes of Unicode scalars, looked up once for each block of 256 that a text uses.
struct ScalarClassTable: Sendable {
  /// Where each block starts in `classes`; -1 until it is used.
  private var starts = [Int32](repeating: -1, count: 0x1100)
  private var classes: [ScalarClass] = []

  init() {
    addBlock(0)
  }

  /// The class of a scalar value; surrogates, which no text holds, are `other`.
  mutating func callAsFunction(_ value: UInt32) -> ScalarClass {
    let block = Int(value >> 8)
    if starts[block] < 0 { addBlock(block) }
    return classes[Int(starts[block]) + Int(value & 0xFF)]
  }

  private mutating func addBlock(_ block: Int) {
    starts[block] = Int32(classes.count)
    for value in UInt32(block << 8)..<UInt32(block << 8) + 256 {
      classes.append(Unicode.Scalar(value).map { ScalarClass($0) } ?? .other)
    }
  }
}

/// A text as bytes with their classes: what the scanners walk over.
///
/// Every byte has the class of the scalar that it is a part of. So a run of one class is a run of
/// bytes, and its ends are ends of scalars.
struct ScannedText: Sendable {
  /// The text in UTF-8.
  let bytes: [UInt8]
  /// The class of each byte's scalar.
  let classes: [ScalarClass]

  /// Classifies a text, which must be valid UTF-8.
  init(_ bytes: [UInt8], _ table: inout ScalarClassTable) {
    self.bytes = bytes
    var classes = [ScalarClass](repeating: .other, count: bytes.count)
    var place = 0
    while place < bytes.count {
      let (value, width) = bytes.scalar(at: place)
      let kind = table(value)
      for offset in 0..<width { classes[place + offset] = kind }
      place += width
    }
    self.classes = classes
  }

  /// A text for encoders that look at no classes.
  init(unclassified bytes: [UInt8]) {
    self.bytes = bytes
    classes = []
  }

  /// The end of the run of scalars from `start` on that have this class.
  func run(of kind: ScalarClass, from start: Int, to end: Int) -> Int {
    var place = start
    while place < end, classes[place] == kind { place += 1 }
    return place
  }

  /// The end of the run of white space from `start` on.
  func runOfSpaces(from start: Int, to end: Int) -> Int {
    var place = start
    while place < end, classes[place].isSpace { place += 1 }
    return place
  }

  /// Where the scalar after the one at `start` begins.
  func next(after start: Int) -> Int {
    var place = start + 1
    while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
    return place
  }

  /// Where the scalar before `end` begins.
  func previous(before end: Int) -> Int {
    var place = end - 1
    while place > 0, bytes[place] & 0xC0 == 0x80 { place -= 1 }
    return place
  }
}

extension [UInt8] {
  /// The value of the scalar that starts at a byte, and how many bytes it has.
  ///
  /// The bytes must be valid UTF-8 and `place` a scalar's start; anything else gives a value without
  /// meaning below 0x110000, and a width inside the text.
  func scalar(at place: Int) -> (value: UInt32, width: Int) {
    let first = self[place]
    if first < 0x80 { return (UInt32(first), 1) }
    let width = Swift.min(first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4, count - place)
    var value = UInt32(first) & (0x7F >> UInt32(width))
    for offset in 1..<Swift.max(1, width) {
      value = value << 6 | UInt32(self[place + offset] & 0x3F)
    }
    return (Swift.min(value, 0x10FFFF), width)
  }
}
