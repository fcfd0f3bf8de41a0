import Foundations
import Judging
import Testing

/// What must hold for every answer, shown on seeded random ones.
struct JudgePropertyTests {
  let judge = AnswerCorrectnessV2()

  @Test(arguments: ["numbers", "words", "signs", "lines"])
  func `every answer judged against itself at the marker is correct`(_ kind: String) {
    var random = RandomStream(seed: 7, name: kind)

    for _ in 0..<500 {
      let answer = Self.answer(kind, &random)
      let judgement = judge.judge(
        prediction: "Reasoning:\n1. So.\nAnswer: \(answer)",
        expected: answer
      )
      #expect(judgement.strict == .correct, "\(answer.debugDescription): \(judgement)")
      #expect(judgement.lenient == .correct)
    }
  }

  @Test func `every way to write a whole number is that number and not the next one`() {
    var random = RandomStream(seed: 11, name: "forms")

    for _ in 0..<300 {
      let value = random.int(in: 0...9_999_999)
      for form in Self.forms(of: value) {
        for frame in [
          "Answer: \(form)", "The answer is \(form).", "\\boxed{\(form)}", "#### \(form)",
        ] {
          let right = judge.judge(prediction: frame, expected: "\(value)")
          let wrong = judge.judge(prediction: frame, expected: "\(value + 1)")
          #expect(right.lenient == .correct, "\(frame): \(right)")
          #expect(wrong.lenient == .incorrect, "\(frame): \(wrong)")
        }
      }
    }
  }

  @Test func `a number inside a longer one never counts`() {
    var random = RandomStream(seed: 13, name: "inside")

    for _ in 0..<300 {
      let value = random.int(in: 10...9_999)
      for text in [
        "\(value)7", "7\(value)", "\(value).5", "x\(value)", "\(value)th", "2024-\(value)-01",
      ] {
        #expect(judge.judge(prediction: "It is \(text)", expected: "\(value)").lenient != .correct)
        #expect(judge.judge(prediction: "Answer: \(text)", expected: "\(value)").strict != .correct)
      }
    }
  }

  @Test func `a reply without the marker is never a strict answer`() {
    var random = RandomStream(seed: 17, name: "no marker")

    for _ in 0..<300 {
      let value = random.int(in: 0...999)
      let frame = random.choice([
        "The answer is \(value).", "\(value)", "= \(value)", "#### \(value)",
      ])
      let judgement = judge.judge(prediction: frame, expected: "\(value)")
      #expect(judgement.strict == .unparseable)
      #expect(judgement.lenient == .correct)
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "(", "{", "\\frac{", "1,", "1,234,", "answer ", "answer to ", "\"", " 'a", "= ", "= 1",
      "####",
      "Answer:\n", "Answer: ", "Answer: 1\n", "\\boxed{", " ", "-", "- ", "$", "1/", "1 1/2", "1e",
      "**", "<", "<answer>", "1 × 10^", ".", ". ", "1.", "1.\n", "9", "\\", "½", " is ", "yes ",
    ]
  )
  func `hostile replies are judged in time that grows with their length`(_ piece: String) {
    let short = String(repeating: piece, count: 6_000 / piece.unicodeScalars.count)
    let long = String(repeating: short, count: 10)

    let clock = ContinuousClock()
    let spent = clock.measure {
      for expected in ["42", "Paris", "yes", "a\nb"] {
        _ = judge.judge(prediction: long, expected: expected)
      }
    }

    #expect(spent < .seconds(5), "60,000 scalars of \(piece.debugDescription) took \(spent)")
  }
}

extension JudgePropertyTests {
  private static func answer(_ kind: String, _ random: inout RandomStream) -> String {
    switch kind {
    case "numbers":
      return random.choice(forms(of: random.int(in: 0...99_999)))
    case "lines":
      let count = random.int(in: 2...4)
      return (0..<count).map { _ in answer("words", &random) }.joined(separator: "\n")
    case "signs":
      let signs = Array("ab1 .,:;!?-+*/=_#$%&@()[]{}<>'\"|~^")
      let count = random.int(in: 1...8)
      let text = String((0..<count).map { _ in random.choice(signs) })
      return "x" + text + "y"
    default:
      let words = ["yes", "the", "apple", "Answer", "naïve", "42", "is", "10:30", "A", "été", "😀"]
      let count = random.int(in: 1...4)
      return (0..<count).map { _ in random.choice(words) }.joined(separator: " ")
    }
  }

  private static func forms(of value: Int) -> [String] {
    let digits = String(value)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return [
      digits, grouped, "\(digits).0", "$\(grouped)", "\\$\(digits)", "**\(digits)**", "$\(digits)$",
      "\(digits) apples", "+\(digits)", "\\frac{\(digits)}{1}", "\(digits)e0",
    ]
  }
}
