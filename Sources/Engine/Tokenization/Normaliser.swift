import Foundation

/// A text in Unicode's normalisation form C, with the way back to the text it came from.
struct NormalisedText {
  /// The text in form C.
  let text: String
  /// For each byte of `text`, the range of original bytes that it stands for; nil if the text
  /// was in form C already.
  private let origins: [Range<Int>]?

  /// Normalises one grapheme cluster at a time: composition never crosses their borders.
  init(_ original: String) {
    let composed = original.precomposedStringWithCanonicalMapping
    guard !composed.utf8.elementsEqual(original.utf8) else {
      text = original
      origins = nil
      return
    }
    var result = ""
    var origins: [Range<Int>] = []
    var offset = 0
    for character in original {
      let cluster = String(character)
      let normal = cluster.precomposedStringWithCanonicalMapping
      let range = offset..<offset + cluster.utf8.count
      origins += Array(repeating: range, count: normal.utf8.count)
      result += normal
      offset = range.upperBound
    }
    text = result
    self.origins = origins
  }

  /// The original bytes behind a range of bytes of the normalised text.
  func original(_ range: Range<Int>) -> Range<Int> {
    guard let origins, !range.isEmpty else { return range }
    return origins[range.lowerBound].lowerBound..<origins[range.upperBound - 1].upperBound
  }
}
