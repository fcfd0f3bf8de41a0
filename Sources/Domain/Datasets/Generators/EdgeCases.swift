/// Hand-made traces at the edges of the format: ten kinds, two of each.
enum EdgeCases {
  /// The kinds in order, each with its two problems.
  static let all: [(kind: String, problems: [Problem])] = [
    ("minimal_steps", [oneStepSum(2, 2), oneStepSum(3, 5)]),
    ("long_prompt", [longSum("crates", 31, 12), longSum("letters", 23, 14)]),
    ("special_characters", specialCharacters),
    ("numbers_only", [numbersOnly([3, 4, 5]), numbersOnly([1, 2, 6])]),
    ("emoji", [emoji("\u{1F34E}", "apples", 3, 2), emoji("\u{1F431}", "cats", 4, 3)]),
    ("spaced_answer", spacedAnswers),
    ("one_character_prompt", [oneCharacter("9", "digit"), oneCharacter("k", "letter")]),
    ("six_steps", [sixSteps(start: 5), sixSteps(start: 9)]),
    ("punctuation", punctuation),
    ("multi_line_answer", [multiples(of: 2), multiples(of: 5)]),
  ]
}

extension EdgeCases {
  private static func oneStepSum(_ a: Int, _ b: Int) -> Problem {
    Problem(
      prompt: "What is \(a) + \(b)?",
      answer: "\(a + b)",
      steps: [(.calculation, "\(a) + \(b) = \(a + b)")],
      groupKey: GroupKey.commutative("add", [a, b])
    )
  }

  private static func longSum(_ things: String, _ a: Int, _ b: Int) -> Problem {
    let story = [
      "The market at the harbour opens before the sun is up, and the first boats come in with "
        + "their lamps still lit.",
      "A baker carries warm bread across the square, and the smell of it wakes the last of the "
        + "sleepers above the shops.",
      "Two children count the gulls on the roof of the old customs house until the birds fly off "
        + "and the count is lost.",
      "An old captain sits on a bench, mends a net and tells anyone who stops about storms that "
        + "grow larger every year.",
      "The clerk of the harbour keeps a thick book with a green cover in which every load is "
        + "written down in blue ink.",
      "Nobody but the clerk may write in it, and when the rain blows in, the book is the first "
        + "thing that is carried inside.",
      "In the afternoon the wind turns, the flags swing round, and the larger ships make ready to "
        + "leave with the tide.",
      "Some of what is told here does not matter for the question at the end, as is often so with "
        + "questions in real life.",
      "Still, a careful reader finds the two numbers that do matter, sets everything else aside, "
        + "and adds them in peace.",
      "The clerk, by the way, never uses a machine for such a sum and has not been wrong in all "
        + "the years of service.",
    ].joined(separator: " ")
    return Problem(
      prompt: "\(story) In the morning \(a) \(things) were written into the book, and in the "
        + "evening \(b) more. How many \(things) stand in the book?",
      answer: "\(a + b)",
      steps: [(.setup, "add \(a) + \(b)")]
        + Arithmetic.addition(a, b).map { (.calculation, $0) },
      groupKey: GroupKey.commutative("add", [a, b])
    )
  }

  private static let specialCharacters = [
    Problem(
      prompt: "Compute <6> x {7} [ignore the #$@ brackets & marks];",
      answer: "42",
      steps: [(.setup, "the numbers are 6 and 7"), (.calculation, "6 x 7 = 42")],
      groupKey: GroupKey.commutative("mul", [6, 7])
    ),
    Problem(
      prompt: "Total of |8| ~ |9| where ~ stands for \"plus\"?",
      answer: "17",
      steps: [(.setup, "8 ~ 9 means 8 + 9"), (.calculation, "8 + 9 = 17")],
      groupKey: GroupKey.commutative("add", [8, 9])
    ),
  ]

  private static func numbersOnly(_ numbers: [Int]) -> Problem {
    let (first, second, third) = (numbers[0], numbers[1], numbers[2])
    let sum = first + second + third
    return Problem(
      prompt: "\(first) + \(second) + \(third) =",
      answer: "\(sum)",
      steps: [
        (.calculation, "\(first) + \(second) = \(first + second)"),
        (.calculation, "\(first + second) + \(third) = \(sum)"),
      ],
      groupKey: GroupKey.commutative("add", numbers)
    )
  }

  private static func emoji(_ sign: String, _ things: String, _ a: Int, _ b: Int) -> Problem {
    let left = String(repeating: sign, count: a)
    let right = String(repeating: sign, count: b)
    return Problem(
      prompt: "\(left) and \(right): how many \(things) are there?",
      answer: "\(a + b)",
      steps: [
        (.reasoning, "first \(a), then \(b)"), (.calculation, "\(a) + \(b) = \(a + b)"),
      ],
      groupKey: "emoji:" + GroupKey.commutative("add", [a, b])
    )
  }

  private static let spacedAnswers = [
    Problem(
      prompt: "Which colour suits a clear sky at noon: \"dark brown\" or \"light blue\"?",
      answer: "light blue",
      steps: [(.reasoning, "a clear sky at noon is blue"), (.reasoning, "so it is light blue")],
      groupKey: "choice:sky-colour"
    ),
    Problem(
      prompt: "Join the words \"snow\" and \"white\" with one space between them.",
      answer: "snow white",
      steps: [(.reasoning, "first word: snow"), (.reasoning, "second word: white")],
      groupKey: "join:snow,white"
    ),
  ]

  private static func oneCharacter(_ character: String, _ kind: String) -> Problem {
    Problem(
      prompt: character,
      answer: character,
      steps: [
        (.reasoning, "the prompt is the single \(kind) \(character)"),
        (.reasoning, "nothing is asked, so repeat it"),
      ],
      groupKey: "single:\(character)"
    )
  }

  private static func sixSteps(start: Int) -> Problem {
    let added = start + 3
    let doubled = added * 2
    let lowered = doubled - 4
    let raised = lowered + 10
    let halved = raised / 2
    return Problem(
      prompt: "Start with \(start). Add 3, double it, subtract 4, add 10, then halve it. "
        + "What is the result?",
      answer: "\(halved)",
      steps: [
        (.setup, "start with \(start)"),
        (.calculation, "\(start) + 3 = \(added)"),
        (.calculation, "\(added) x 2 = \(doubled)"),
        (.calculation, "\(doubled) - 4 = \(lowered)"),
        (.calculation, "\(lowered) + 10 = \(raised)"),
        (.calculation, "\(raised) / 2 = \(halved)"),
      ],
      groupKey: "chain:\(start),+3,x2,-4,+10,/2"
    )
  }

  private static let punctuation = [
    Problem(
      prompt: "Wait... what?! Is 6 + 7, in fact, 13?! (Answer yes or no!)",
      answer: "Yes",
      steps: [(.calculation, "6 + 7 = 13"), (.reasoning, "13 equals 13, so Yes")],
      groupKey: "claim:6+7=13"
    ),
    Problem(
      prompt: "So -- tell me: is 5 x 3 really 18?... (Answer yes or no!)",
      answer: "No",
      steps: [(.calculation, "5 x 3 = 15"), (.reasoning, "15 is not 18, so No")],
      groupKey: "claim:3x5=18"
    ),
  ]

  private static func multiples(of number: Int) -> Problem {
    let values = (1...3).map { $0 * number }
    return Problem(
      prompt: "List the first three multiples of \(number), smallest first, one a line.",
      answer: values.map(String.init).joined(separator: "\n"),
      steps: values.enumerated().map { place, value in
        (.calculation, "\(place + 1) x \(number) = \(value)")
      },
      groupKey: "multiples:\(number)"
    )
  }
}
