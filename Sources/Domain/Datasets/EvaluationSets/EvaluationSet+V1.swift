/// One question of a built-in set, before it has its id.
struct EvaluationQuestion {
  let category: String
  let difficulty: String
  let prompt: String
  let answer: String

  init(_ category: String, _ difficulty: String, _ prompt: String, _ answer: String) {
    self.category = category
    self.difficulty = difficulty
    self.prompt = prompt
    self.answer = answer
  }

  /// Numbers questions from `first` on, three digits after the prefix.
  static func items(
    _ questions: [EvaluationQuestion],
    prefix: String,
    from first: Int = 1,
    section: String? = nil
  ) -> [EvaluationItem] {
    questions.enumerated().map { place, question in
      let digits = String(first + place)
      return EvaluationItem(
        id: prefix + String(repeating: "0", count: 3 - digits.count) + digits,
        prompt: question.prompt,
        expectedAnswer: question.answer,
        category: question.category,
        difficulty: question.difficulty,
        section: section
      )
    }
  }
}

extension EvaluationSet {
  /// `eval_v1`: 25 questions, ids eval-001 to eval-025, without sections.
  public static let evalV1 = EvaluationSet(
    checkedName: "eval_v1",
    items: EvaluationQuestion.items(questionsV1, prefix: "eval-")
  )

  private static let questionsV1: [EvaluationQuestion] = [
    .init("arithmetic", "easy", "Work out 23 + 48.", "71"),
    .init("arithmetic", "easy", "What do you get when 37 is taken from 92?", "55"),
    .init("arithmetic", "easy", "Multiply 8 by 13.", "104"),
    .init("arithmetic", "easy", "How much is 144 divided by 12?", "12"),
    .init("arithmetic", "medium", "Evaluate 6 * (14 - 5) + 3.", "57"),
    .init("arithmetic", "medium", "What is 15 percent of 240?", "36"),
    .init("arithmetic", "medium", "Compute 327 + 486 - 195.", "618"),
    .init("arithmetic", "medium", "What is 3/4 of 96?", "72"),
    .init("knowledge", "easy", "Which city is the capital of Portugal?", "Lisbon"),
    .init(
      "knowledge",
      "easy",
      "Which planet of the solar system is closest to the Sun?",
      "Mercury"
    ),
    .init("knowledge", "easy", "What is the chemical symbol of gold?", "Au"),
    .init(
      "knowledge",
      "easy",
      "How many continents are there on Earth in the seven-continent model?",
      "7"
    ),
    .init(
      "word_problem",
      "easy",
      "Nadia has 34 stickers and gives 9 of them to her brother. How many stickers does she keep?",
      "25"
    ),
    .init(
      "word_problem",
      "medium",
      "A bakery packs 6 rolls into a bag. How many bags does it need for 150 rolls?",
      "25"
    ),
    .init(
      "word_problem",
      "medium",
      "A tram goes 18 kilometres in 45 minutes. What is its average speed in kilometres per hour?",
      "24"
    ),
    .init(
      "word_problem",
      "medium",
      "Three pens cost 4.20 euros together. What do seven such pens cost, in euros?",
      "9.80"
    ),
    .init(
      "geometry",
      "easy",
      "A rectangle is 9 cm long and 4 cm wide. What is its area in cm²?",
      "36"
    ),
    .init(
      "geometry",
      "easy",
      "The sides of a square are 11 m long. What is its perimeter in metres?",
      "44"
    ),
    .init(
      "geometry",
      "medium",
      "Two angles of a triangle measure 48 and 67 degrees. How many degrees does the third one have?",
      "65"
    ),
    .init(
      "geometry",
      "medium",
      "A right triangle has legs of 9 cm and 12 cm. How long is its hypotenuse in cm?",
      "15"
    ),
    .init("conversion", "easy", "How many minutes are 3.5 hours?", "210"),
    .init("conversion", "medium", "Convert 86 degrees Fahrenheit to degrees Celsius.", "30"),
    .init("pattern", "medium", "Which number continues the sequence 3, 6, 12, 24, …?", "48"),
    .init("number_theory", "medium", "What is the greatest common divisor of 84 and 126?", "42"),
    .init(
      "probability",
      "medium",
      "A bag holds 3 red and 5 blue marbles. One is drawn at random. What is the probability that it "
        + "is red, as a fraction?",
      "3/8"
    ),
  ]
}
