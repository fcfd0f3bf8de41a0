import Foundation

/// A text in Unicode's normalisation form C, with the way back to the text it came from.
struct NormalisedText {
  /// A stretch that normalising changed.
  private struct Change {
    /// Its bytes in the normalised text.
    let normal: Range<Int>
    /// The bytes of the original text that became them.
    let original: Range<Int>
  }

  /// The normalised text in UTF-8.
  private(set) var bytes: [UInt8] = []
  private var changes: [Change] = []

  /// Normalises valid UTF-8 bytes; nil if they are in form C already.
  ///
  /// Only stretches that hold a scalar which may change are normalised, each from the scalar before on,
  /// because the scalar before may take part in a composition.
  init?(_ text: [UInt8], _ range: Range<Int>) {
    var place = range.lowerBound
    var copied = place
    var lastStable = place
    while place < range.upperBound {
      let (value, width) = text.scalar(at: place)
      if Self.isStable(value) {
        lastStable = place
        place += width
        continue
      }
      var end = place + width
      while end < range.upperBound {
        let (value, width) = text.scalar(at: end)
        if Self.isStable(value) { break }
        end += width
      }
      let isChanged = !Self.isNormal(text[lastStable..<end])
      if isChanged {
        bytes += text[copied..<lastStable]
        normalise(text, lastStable..<end, offset: range.lowerBound)
        copied = end
      }
      lastStable = end
      place = end
    }
    if changes.isEmpty { return nil }
    bytes += text[copied..<range.upperBound]
  }

  private static func isNormal(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.precomposedStringWithCanonicalMapping.utf8.elementsEqual(bytes)
  }

  /// One grapheme cluster at a time: composition never crosses their borders.
  private mutating func normalise(_ text: [UInt8], _ range: Range<Int>, offset: Int) {
    var start = range.lowerBound - offset
    for character in String(decoding: text[range], as: UTF8.self) {
      let cluster = String(character)
      let end = start + cluster.utf8.count
      let first = bytes.count
      bytes += cluster.precomposedStringWithCanonicalMapping.utf8
      changes.append(Change(normal: first..<bytes.count, original: start..<end))
      start = end
    }
  }

  /// The original bytes behind a range of bytes of the normalised text, counted from its start.
  func original(_ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else {
      let start = origin(of: range.lowerBound).lowerBound
      return start..<start
    }
    return origin(of: range.lowerBound).lowerBound..<origin(of: range.upperBound - 1).upperBound
  }

  private func origin(of place: Int) -> Range<Int> {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].normal.lowerBound <= place { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return place..<place + 1 }
    let change = changes[low - 1]
    if place < change.normal.upperBound { return change.original }
    let start = place - change.normal.upperBound + change.original.upperBound
    return start..<start + 1
  }

  /// Whether a scalar is in form C, starts a cluster and never composes with what stands before it.
  ///
  /// Only common blocks where that holds throughout are named; the answer no is always safe.
  /// Source: DerivedNormalizationProps.txt and UnicodeData.txt of the Unicode Character Database.
  private static func isStable(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x300: true
    case 0x388..<0x483, 0x48A..<0x530, 0x5D0..<0x5EB, 0x61B..<0x64B: true
    case 0x2010..<0x2027, 0x2030..<0x205F: true
    case 0x2190..<0x2200, 0x2500..<0x2600: true
    case 0x3001..<0x302A, 0x3041..<0x3097, 0x30A1..<0x30FB: true
    case 0x3400..<0x4DC0, 0x4E00..<0xA000, 0xAC00..<0xD7A4: true
    case 0xFF01..<0xFF9E, 0x1F300..<0x1F650: true
    default: false
    }
  }
}
