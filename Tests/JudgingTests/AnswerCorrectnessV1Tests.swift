import Judging
import Testing

struct AnswerCorrectnessV1Tests {
  let judge = AnswerCorrectnessV1()

  @Test(arguments: [
    ("Reasoning: …\nAnswer:  Paris \n", "paris", Outcome.correct),
    ("Answer: 41\nAnswer: 42", "42", .correct),
    ("Answer: 42", "Answer: 42", .correct),
    ("Answer: 42.", "42", .incorrect),
    ("Answer: 1,000", "1000", .incorrect),
    ("42", "42", .unparseable),
    ("Answer: ", "42", .unparseable),
    ("", "42", .unparseable),
  ])
  func `the text after the marker is compared exactly`(_ row: (String, String, Outcome)) {
    #expect(judge.judge(prediction: row.0, expected: row.1).strict == row.2)
  }

  @Test func `without a marker the lenient outcome compares the whole reply`() {
    let judgement = judge.judge(prediction: " Paris\n", expected: "paris")

    #expect(judgement.lenient == .correct)
    #expect(judgement.rung == "reply")
  }
}

struct JudgesTests {
  @Test func `a judge is found by its name and version`() throws {
    for judge in Judges.all {
      let found = try Judges.named(judge.identity.description)
      #expect(found.identity == judge.identity)
    }
    #expect(Judges.standard.identity.description == "answer_correctness@v2")
  }

  @Test func `an unknown judge is refused with the known ones`() {
    let known = ["answer_correctness@v1", "answer_correctness@v2"]

    #expect(throws: JudgingError.unknownJudge("answer_correctness@v9", known: known)) {
      try Judges.named("answer_correctness@v9")
    }
    #expect("\(JudgingError.unknownJudge("x", known: known))".contains("answer_correctness@v1"))
  }
}
