import Foundations

/// The bare answer inside a reply, where the reply marks it.
///
/// Read are, in this order: a last line that begins with `####` (GSM8K), the last `\boxed{…}`
/// (MATH), a last line that begins with `Answer:` or `Final answer:`.
struct MarkedAnswer {
  /// The answer without its mark.
  let answer: String
  /// Whether the reply says nothing else.
  let isWhole: Bool

  init?(in text: String) {
    let line = MarkedAnswer.lastLine(of: text)
    if line.utf8.starts(with: "####".utf8) {
      self.init(answer: TextPieces.trimmed(line.dropFirst(4)), of: line, in: text)
    } else if let box = MarkedAnswer.boxed(in: text) {
      self.init(answer: TextPieces.trimmed(box.content), of: box.whole, in: text)
    } else if let answer = MarkedAnswer.labelled(line) {
      self.init(answer: answer, of: line, in: text)
    } else {
      return nil
    }
  }

  private init?(answer: String, of mark: Substring, in text: String) {
    guard !answer.isEmpty else { return nil }
    self.answer = answer
    let rest = [text[..<mark.startIndex], text[mark.endIndex...]]
    isWhole = rest.allSatisfy { part in part.utf8.allSatisfy { isSpace($0) || $0 == 0x24 } }
  }

  private static func lastLine(of text: String) -> Substring {
    let bytes = text.utf8
    guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
    let start = bytes[..<last].lastIndex(of: 0x0A).map { bytes.index(after: $0) }
    return text[(start ?? bytes.startIndex)...last].drop { $0 == " " || $0 == "\t" }
  }

  private static func labelled(_ line: Substring) -> String? {
    let bare = line.drop { $0 == "*" || $0 == "#" || $0 == " " }
    let words = bare.prefix(16).lowercased()
    let label = ["final answer:", "answer:"].first { words.hasPrefix($0) }
    guard let label else { return nil }
    let answer = bare.dropFirst(label.count).drop { $0 == "*" || $0 == " " }
    return TextPieces.trimmed(String(answer.reversed().drop { $0 == "*" || $0 == " " }.reversed()))
  }

  private static func boxed(in text: String) -> (whole: Substring, content: Substring)? {
    let bytes = text.utf8
    guard let mark = TextPieces.last("\\boxed{", in: text) else { return nil }
    let open = mark.upperBound
    var depth = 1
    var place = open
    while place < bytes.endIndex {
      switch bytes[place] {
      case 0x5C:
        place = bytes.index(after: place)
        if place == bytes.endIndex { return nil }
      case 0x7B: depth += 1
      case 0x7D:
        depth -= 1
        if depth == 0 { return (text[mark.lowerBound...place], text[open..<place]) }
      default: break
      }
      place = bytes.index(after: place)
    }
    return nil
  }
}
