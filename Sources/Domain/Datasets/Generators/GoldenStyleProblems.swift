import Foundations

/// Small tasks on words, in the manner of the golden sets.
enum GoldenStyleProblems: String, CaseIterable {
  case wordRepetition = "word_repetition"
  case wordCount = "word_count"
  case upperCasing = "upper_casing"

  /// One problem.
  func problem(_ stream: inout RandomStream) -> Problem {
    switch self {
    case .wordRepetition:
      Self.repetition(stream.choice(WordLists.echoes), times: stream.int(in: 2...5), &stream)
    case .wordCount: Self.count(&stream)
    case .upperCasing: Self.upper(&stream)
    }
  }

  /// The task to write a word several times.
  static func repetition(_ word: String, times: Int, _ stream: inout RandomStream) -> Problem {
    let prompt = stream.choice([
      "Repeat the word \"\(word)\" \(times) times.",
      "Write \"\(word)\" \(times) times with spaces between.",
      "Say the word \"\(word)\" \(times) times in a row.",
    ])
    let counted = (1...times).map { "\($0) \(word)" }.joined(separator: ", ")
    return Problem(
      prompt: prompt,
      answer: Array(repeating: word, count: times).joined(separator: " "),
      steps: [(.reasoning, counted)],
      groupKey: "repeat:\(word),\(times)"
    )
  }

  private static func count(_ stream: inout RandomStream) -> Problem {
    var words = ["the", stream.choice(WordLists.creatures), stream.choice(WordLists.verbs)]
    if stream.int(in: 0...1) == 1 { words.insert(stream.choice(WordLists.adjectives), at: 1) }
    if stream.int(in: 0...1) == 1 {
      words += stream.choice(WordLists.places).split(separator: " ").map(String.init)
    }
    let sentence = words.joined(separator: " ")
    let prompt = stream.choice([
      "How many words are in \"\(sentence)\"?", "Count the words: \"\(sentence)\"",
    ])
    let counted = words.enumerated().map { "\($0.offset + 1) \($0.element)" }
    return Problem(
      prompt: prompt,
      answer: "\(words.count)",
      steps: [
        (.reasoning, counted.joined(separator: ", ")),
        (.reasoning, "the last number is \(words.count)"),
      ],
      groupKey: "wordcount:\(sentence)"
    )
  }

  private static func upper(_ stream: inout RandomStream) -> Problem {
    let word = stream.choice(WordLists.short)
    let prompt = stream.choice([
      "Write \"\(word)\" in capital letters.", "Change \"\(word)\" to upper case.",
    ])
    let letters = word.uppercased().map(String.init).joined(separator: " ")
    return Problem(
      prompt: prompt,
      answer: word.uppercased(),
      steps: [(.reasoning, "capital letters: \(letters)")],
      groupKey: "upper:\(word)"
    )
  }
}
