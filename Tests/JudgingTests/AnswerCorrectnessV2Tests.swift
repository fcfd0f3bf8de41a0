import Foundations
import Judging
import TestSupport
import Testing

struct GoldenCase: Sendable, CustomTestStringConvertible {
  let group: String
  let expected: String
  let prediction: String
  let strict: Outcome
  let lenient: Outcome
  let rung: String?

  var testDescription: String {
    "\(group): \(expected.debugDescription) in \(prediction.debugDescription)"
  }

  static let corpus: [GoldenCase] = {
    let rows = (try? Fixture.json("judging/answer_correctness_v2.json"))?.array ?? []
    return rows.compactMap(GoldenCase.init)
  }()

  init?(_ row: JSONValue) {
    guard let group = row["group"]?.string, let expected = row["expected"]?.string,
      let prediction = row["prediction"]?.string,
      let strict = row["strict"]?.string.flatMap(Outcome.init),
      let lenient = row["lenient"]?.string.flatMap(Outcome.init)
    else { return nil }
    (self.group, self.expected, self.prediction) = (group, expected, prediction)
    (self.strict, self.lenient, self.rung) = (strict, lenient, row["rung"]?.string)
  }
}

struct AnswerCorrectnessV2Tests {
  let judge = AnswerCorrectnessV2()

  @Test func `the golden corpus is complete`() throws {
    let rows = try #require(try Fixture.json("judging/answer_correctness_v2.json").array)

    #expect(rows.count >= 120)
    #expect(GoldenCase.corpus.count == rows.count)
  }

  @Test(arguments: GoldenCase.corpus)
  func `the golden corpus is judged as a person did`(_ example: GoldenCase) {
    let judgement = judge.judge(prediction: example.prediction, expected: example.expected)

    #expect(judgement.strict == example.strict, "\(judgement)")
    #expect(judgement.lenient == example.lenient, "\(judgement)")
    #expect(judgement.rung == example.rung, "\(judgement)")
  }
}
