/// A stretch of text as Unicode scalars: random access in constant time, so that every scan of
/// this room is linear in the reply.
typealias Scalars = ArraySlice<Unicode.Scalar>

extension Unicode.Scalar {
  var isDigit: Bool { self >= "0" && self <= "9" }
  var isLetter: Bool { properties.isAlphabetic }
  var isWordPart: Bool { isDigit || isLetter || self == "_" }
  var isBlank: Bool { self == " " || self == "\t" }
  var isSpace: Bool { properties.isWhitespace }

  /// The scalar with an ASCII capital made small.
  var lowered: Unicode.Scalar {
    guard value >= 65, value <= 90 else { return self }
    return Unicode.Scalar(UInt8(value) + 32)
  }
}

extension ArraySlice where Element == Unicode.Scalar {
  /// The stretch as a string.
  var string: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: self)
    return String(text)
  }

  /// The scalar at an index, or nil outside the stretch.
  func at(_ index: Int) -> Unicode.Scalar? {
    index >= startIndex && index < endIndex ? self[index] : nil
  }

  /// Whether `word`, written in small ASCII letters, stands at the index in any letter case.
  func has(_ word: String, at index: Int) -> Bool {
    var place = index
    for scalar in word.unicodeScalars {
      guard let here = at(place), here.lowered == scalar else { return false }
      place += 1
    }
    return true
  }

  /// Where `word`, in small ASCII letters, stands last, in any letter case.
  func lastIndex(of word: String) -> Int? {
    indices.reversed().first { has(word, at: $0) }
  }

  /// Where `word`, in small ASCII letters, stands first, in any letter case.
  func firstIndex(of word: String) -> Int? {
    indices.first { has(word, at: $0) }
  }

  /// The stretch without white space at its ends.
  var trimmed: Scalars { trimming { $0.isSpace } }

  /// The stretch without the scalars at its ends that satisfy the condition.
  func trimming(where isDropped: (Unicode.Scalar) -> Bool) -> Scalars {
    var rest = self
    while let first = rest.first, isDropped(first) { rest = rest.dropFirst() }
    while let last = rest.last, isDropped(last) { rest = rest.dropLast() }
    return rest
  }

  /// The index of the first scalar at or after `index` that is not a blank.
  func skippingBlanks(from index: Int) -> Int {
    var place = index
    while let here = at(place), here.isBlank { place += 1 }
    return place
  }

  /// The lines, without their line feeds.
  var lines: [Scalars] { split(separator: "\n", omittingEmptySubsequences: false) }

  /// The words between white space.
  var words: [Scalars] { split { $0.isSpace } }

  /// The sentences: stretches that end at a line feed or at `.`, `!` or `?` before white space.
  var sentences: [Scalars] {
    var found: [Scalars] = []
    var start = startIndex
    for index in indices {
      let next = at(index + 1)
      let isStop = ".!?".unicodeScalars.contains(self[index]) && (next.map(\.isSpace) ?? true)
      guard isStop || self[index] == "\n" else { continue }
      found.append(self[start..<(index + 1)])
      start = index + 1
    }
    found.append(self[start...])
    return found.filter { !$0.trimmed.isEmpty }
  }
}
