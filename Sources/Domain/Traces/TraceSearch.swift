import Foundation
import Foundations

/// What a person types to find traces: words that must all occur, `"phrases"`, beginnings of both
/// ending in `*`, and words that must not occur after `-`.
///
/// Words are runs of letters and digits; capitals and accents do not matter. The index knows which
/// words a trace has, not where, so phrases are looked for in the traces that have their words.
public struct TraceSearch: Hashable, Sendable {
  /// The text as it was typed.
  public let text: String
  private let wanted: [Term]
  private let unwanted: [Term]
  private let phrases: [Phrase]

  private struct Phrase: Hashable {
    let text: FoldedText
    let isBeginning: Bool
  }

  private struct Term: Hashable {
    let word: String
    let isBeginning: Bool

    var match: String { "\"\(word)\"" + (isBeginning ? "*" : "") }
  }

  /// Reads a search; throws where nothing is left to look for.
  public init(_ text: String) throws(TraceError) {
    guard text.unicodeScalars.count <= Limits.searchCharacters else {
      throw .invalidQuery(
        parameter: "search",
        reason: "\(text.unicodeScalars.count) characters; at most \(Limits.searchCharacters)"
      )
    }
    var wanted: [Term] = []
    var unwanted: [Term] = []
    var phrases: [Phrase] = []
    for part in Self.parts(of: text) {
      let words = Self.words(of: part.text)
      guard let last = words.last else { continue }
      let terms =
        words.dropLast().map { Term(word: $0, isBeginning: false) }
        + [Term(word: last, isBeginning: part.isBeginning)]
      if part.isUnwanted {
        guard terms.count == 1 else {
          throw .invalidQuery(
            parameter: "search",
            reason: "-\(part.text) is more than one word; only single words can be left out"
          )
        }
        unwanted += terms
      } else {
        wanted += terms
        if words.count > 1 {
          phrases.append(Phrase(text: FoldedText(part.text), isBeginning: part.isBeginning))
        }
      }
    }
    guard !wanted.isEmpty else {
      throw .invalidQuery(
        parameter: "search",
        reason: "\"\(text.prefix(80))\" names no word that must occur"
      )
    }
    self.text = text
    self.wanted = wanted
    self.unwanted = unwanted
    self.phrases = phrases
  }

  /// The search as an expression of SQLite's FTS5, without its phrases.
  package var matchExpression: String {
    let all = wanted.map(\.match).joined(separator: " AND ")
    guard !unwanted.isEmpty else { return all }
    return "(\(all)) NOT (" + unwanted.map(\.match).joined(separator: " OR ") + ")"
  }

  /// Whether some matches of the expression may still be wrong.
  package var needsCheck: Bool { !phrases.isEmpty }

  /// Whether a trace of this JSON text may have every phrase; errs to yes alone, and much sooner than
  /// the trace is read.
  package func mayAccept(json: String) -> Bool {
    guard needsCheck, let folded = FoldedText(plainJSON: json) else { return true }
    return phrases.allSatisfy { folded.contains($0.text, asBeginning: $0.isBeginning) }
  }

  /// Whether every phrase stands in one of the trace's texts.
  package func accepts(_ trace: Trace) -> Bool {
    guard needsCheck else { return true }
    let facts = ((trace.meta?.object ?? []) + trace.extra).compactMap(\.value.string)
    let texts = ([trace.prompt, trace.finalAnswer] + trace.steps.map(\.content) + facts)
      .map(FoldedText.init)
    return phrases.allSatisfy { phrase in
      texts.contains { $0.contains(phrase.text, asBeginning: phrase.isBeginning) }
    }
  }
}

extension TraceSearch {
  private struct Part {
    var text: String
    var isUnwanted = false
    var isBeginning = false
  }

  /// What stands between quotes, and what stands between spaces outside them.
  private static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    for (place, piece) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
    {
      if place % 2 == 1 {
        parts.append(Part(text: String(piece)))
        continue
      }
      var piece = piece
      if place > 0, piece.hasPrefix("*") {
        parts[parts.count - 1].isBeginning = true
        piece.removeFirst()
      }
      for word in piece.split(whereSeparator: \.isWhitespace) {
        var part = Part(text: String(word))
        if part.text.hasPrefix("-"), part.text.count > 1 {
          part.isUnwanted = true
          part.text.removeFirst()
        }
        if part.text.hasSuffix("*") {
          part.isBeginning = true
          part.text.removeLast()
        }
        parts.append(part)
      }
    }
    return parts
  }

  /// The runs that the index takes for words: letters, numbers, marks on them.
  private static func words(of text: String) -> [String] {
    let scalars = text.unicodeScalars.split { scalar in
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark,
        .privateUse:
        false
      default: true
      }
    }
    return scalars.map { String(String.UnicodeScalarView($0)) }
  }
}

/// A text as phrases are looked for in it: lower case, no accents, white space as single spaces.
private struct FoldedText: Hashable {
  private let bytes: [UInt8]

  init(_ text: String) {
    bytes = Self.folded(ascii: Array(text.utf8)) ?? Self.folded(any: text)
  }

  /// Folds a JSON text whose strings stand in it as they are; nil where one has an escape or a
  /// character outside ASCII.
  init?(plainJSON text: String) {
    let characters = Array(text.utf8)
    guard !characters.contains(UInt8(ascii: "\\")), let bytes = Self.folded(ascii: characters)
    else { return nil }
    self.bytes = bytes
  }

  /// Whether the phrase stands here in whole words; a beginning may end inside of one.
  func contains(_ phrase: FoldedText, asBeginning: Bool) -> Bool {
    let wanted = phrase.bytes
    guard let first = wanted.first, let last = wanted.last else { return true }
    guard wanted.count <= bytes.count else { return false }
    return (0...bytes.count - wanted.count).contains { start in
      let end = start + wanted.count
      return bytes[start] == first && bytes[start..<end].elementsEqual(wanted)
        && !(start > 0 && Self.isWord(first) && Self.isWord(bytes[start - 1]))
        && (asBeginning || !(end < bytes.count && Self.isWord(last) && Self.isWord(bytes[end])))
    }
  }

  /// Whether a byte is part of a word: a letter or digit of ASCII, or of any other character.
  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
  }

  /// Nearly every text is ASCII, and a search for a phrase reads thousands of them: folded in place.
  private static func folded(ascii bytes: consuming [UInt8]) -> [UInt8]? {
    var characters = bytes.mutableSpan
    guard let count = fold(&characters) else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Folds from the front and gives the new length; nil at a character outside ASCII.
  private static func fold(_ characters: inout MutableSpan<UInt8>) -> Int? {
    var end = 0
    var isBehindSpace = false
    for place in characters.indices {
      let byte = characters[place]
      guard byte < 0x80 else { return nil }
      if isSpace(byte) {
        isBehindSpace = end > 0
        continue
      }
      if isBehindSpace {
        characters[end] = 0x20
        end += 1
        isBehindSpace = false
      }
      characters[end] = (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
      end += 1
    }
    return end
  }

  private static func folded(any text: String) -> [UInt8] {
    let bare = text.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
      $0.properties.generalCategory != .nonspacingMark
    }
    let words = String(String.UnicodeScalarView(bare)).lowercased().split(
      whereSeparator: \.isWhitespace
    )
    return Array(words.joined(separator: " ").utf8)
  }
}
