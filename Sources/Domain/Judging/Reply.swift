/// A model's reply, prepared once for every rung of the ladder.
struct Reply {
  /// The reply with one form for each sign, up to the first end-of-turn mark.
  let folded: Scalars

  /// The reply with LaTeX written as plain signs.
  let plain: Scalars

  /// The lines of `plain`.
  let lines: [Scalars]

  init(_ prediction: String, expected: String) {
    let scalars = FoldedText(prediction).scalars[...]
    folded = Self.beforeEndOfTurn(scalars, keeping: FoldedText(expected).scalars[...])
    plain = PlainMathematics.plain(folded)
    lines = plain.lines
  }

  /// The text in which numbers are searched: list numbers and step numbers are blanked out.
  var withoutEnumerators: Scalars {
    var text = Array(plain)
    let offset = plain.startIndex
    var lastEnumerator = 0
    for line in lines {
      guard let found = Self.enumerator(of: line, after: lastEnumerator) else { continue }
      lastEnumerator = found.number
      for index in found.range { text[index - offset] = " " }
    }
    return text[...]
  }

  /// `count` lines from the index on, the first from the index to its end; blank lines before the
  /// first word are passed over.
  func block(from index: Int, lineCount: Int) -> Scalars {
    var start = index
    while let here = plain.at(start), here.isSpace { start += 1 }
    var end = start
    var linesLeft = lineCount
    var isBlankLine = true
    while let here = plain.at(end) {
      if here == "\n" {
        if !isBlankLine { linesLeft -= 1 }
        if linesLeft == 0 { break }
        isBlankLine = true
      } else if !here.isSpace {
        isBlankLine = false
      }
      end += 1
    }
    return plain[min(start, end)..<end].trimmed
  }
}

extension Reply {
  private static let endMarks = [
    "<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "<eos>", "</s>",
  ]

  private static func beforeEndOfTurn(_ text: Scalars, keeping expected: Scalars) -> Scalars {
    let marks = endMarks.filter { expected.firstIndex(of: $0) == nil }
    let cut = text.indices.first { index in
      text[index] == "<" && marks.contains { text.has($0, at: index) }
    }
    return cut.map { text[..<$0] } ?? text
  }

  /// The list number or "Step n" that begins a line, when text follows it or it continues a list.
  private static func enumerator(
    of line: Scalars,
    after last: Int
  )
    -> (range: Range<Int>, number: Int)?
  {
    guard let start = line.firstIndex(where: { !$0.isBlank && !"*#->".unicodeScalars.contains($0) })
    else { return nil }
    let isStep = line.has("step ", at: start)
    let first = isStep ? line.skippingBlanks(from: start + 5) : start
    var end = first
    while let here = line.at(end), here.isDigit, end - first < 3 { end += 1 }
    guard let number = Int(line[first..<end].string) else { return nil }
    guard let mark = line.at(end) else { return isStep ? (start..<end, number) : nil }
    guard isStep || mark == "." || mark == ")" else { return nil }
    let next = line.at(end + 1)
    let isFollowed = line.dropFirst(end + 1 - line.startIndex).contains {
      $0.isLetter || $0.isDigit
    }
    let isListed = next?.isBlank != false && (isFollowed || number == last + 1 && last > 0)
    return isStep || isListed ? (start..<(end + 1), number) : nil
  }
}
