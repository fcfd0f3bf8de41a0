import Foundations

/// Four small tasks of two steps each.
enum SyntheticProblems: String, CaseIterable {
  case arithmetic
  case stringReversal = "string_reversal"
  case letterSorting = "letter_sorting"
  case membership

  /// One problem; `place` cycles through what a task varies.
  func problem(_ stream: inout RandomStream, place: Int) -> Problem {
    switch self {
    case .arithmetic: Self.arithmetic(&stream, place: place)
    case .stringReversal: Self.reversal(&stream)
    case .letterSorting: Self.sorting(&stream, place: place)
    case .membership: Self.membership(&stream)
    }
  }
}

extension SyntheticProblems {
  private static func arithmetic(_ stream: inout RandomStream, place: Int) -> Problem {
    switch place % 3 {
    case 0:
      let a = ReasoningProblems.notRound(&stream, 11...79)
      let b = ReasoningProblems.notRound(&stream, 11...79)
      let lines = Arithmetic.addition(a, b)
      return calculation(
        &stream,
        "\(a) + \(b)",
        [lines[0] + ", " + lines[1], lines[2]],
        a + b,
        key: GroupKey.commutative("add", [a, b])
      )
    case 1:
      let b = ReasoningProblems.notRound(&stream, 11...49)
      let a = b + stream.int(in: 5...45)
      return calculation(
        &stream,
        "\(a) - \(b)",
        Arithmetic.subtraction(a, b),
        a - b,
        key: "sub:\(a),\(b)"
      )
    default:
      let a = ReasoningProblems.notRound(&stream, 11...59)
      let b = stream.int(in: 2...6)
      let lines = Arithmetic.multiplication(a, b)
      return calculation(
        &stream,
        "\(a) x \(b)",
        [lines[0] + ", " + lines[1], lines[2]],
        a * b,
        key: GroupKey.commutative("mul", [a, b])
      )
    }
  }

  private static func calculation(
    _ stream: inout RandomStream,
    _ expression: String,
    _ lines: [String],
    _ result: Int,
    key: String
  ) -> Problem {
    let prompt = stream.choice([
      "Compute \(expression).", "Evaluate: \(expression)", "\(expression) = ?",
    ])
    return Problem(
      prompt: prompt,
      answer: "\(result)",
      steps: lines.map { (.calculation, $0) },
      groupKey: key
    )
  }

  private static func reversal(_ stream: inout RandomStream) -> Problem {
    let word = stream.choice(WordLists.short)
    let prompt = stream.choice([
      "Spell the word \"\(word)\" backwards.",
      "Write the letters of \"\(word)\" in reverse order.",
      "What is \"\(word)\" when it is reversed?",
    ])
    let reversed = String(word.reversed())
    return Problem(
      prompt: prompt,
      answer: reversed,
      steps: [
        (.reasoning, "letters: \(spaced(word))"), (.reasoning, "backwards: \(spaced(reversed))"),
      ],
      groupKey: "reverse:\(word)"
    )
  }

  private static func sorting(_ stream: inout RandomStream, place: Int) -> Problem {
    let lengths = [4, 5, 4, 6, 5, 7, 8]
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz")
    let letters = Array(stream.shuffled(alphabet).prefix(lengths[place % lengths.count]))
    let sorted = String(letters.sorted())
    let prompt = stream.choice([
      "Put the letters \(spaced(String(letters))) in alphabetical order.",
      "List these letters in alphabetical order: \(spaced(String(letters)))",
      "Arrange the letters \(spaced(String(letters))) alphabetically.",
    ])
    let first = sorted.first.map(String.init) ?? ""
    return Problem(
      prompt: prompt,
      answer: sorted,
      steps: [
        (.reasoning, "the earliest letter is \(first)"),
        (.reasoning, "in order: \(spaced(sorted))"),
      ],
      groupKey: "sort:\(sorted)"
    )
  }

  private static func membership(_ stream: inout RandomStream) -> Problem {
    let fact = stream.choice(WordLists.memberships)
    let owner = stream.choice(WordLists.owners)
    let kind = withArticle(fact.kind)
    let group = withArticle(fact.class)
    let rule =
      fact.belongs
      ? stream.choice(["Every \(fact.kind) is \(group).", "Each \(fact.kind) is \(group)."])
      : "No \(fact.kind) is \(group)."
    let answer = fact.belongs ? "Yes" : "No"
    return Problem(
      prompt: "\(rule) \(owner) is \(kind). Is \(owner) \(group)? Answer yes or no.",
      answer: answer,
      steps: [
        (.reasoning, "\(owner) is \(kind)"),
        (.reasoning, "\(fact.belongs ? "every" : "no") \(fact.kind) is \(group), so \(answer)"),
      ],
      groupKey: "member:\(fact.kind)>\(fact.class)"
    )
  }

  private static func withArticle(_ noun: String) -> String {
    let isVowel = noun.first.map { "aeiou".contains($0) } ?? false
    return (isVowel ? "an " : "a ") + noun
  }

  private static func spaced(_ word: String) -> String {
    word.map(String.init).joined(separator: " ")
  }
}
