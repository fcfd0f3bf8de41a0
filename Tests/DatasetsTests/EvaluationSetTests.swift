import Datasets
import Foundations
import Testing

struct EvaluationSetTests {
  private func counts(_ set: EvaluationSet, _ key: String) -> [String: Int] {
    let members = set.counts[key]?.object ?? []
    return Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value.int ?? 0) })
  }

  @Test func `eval_v1 has the composition of the predecessor's`() {
    let set = EvaluationSet.evalV1

    #expect(set.items.count == 25)
    #expect(set.items.first?.id == "eval-001" && set.items.last?.id == "eval-025")
    #expect(
      counts(set, "category") == [
        "arithmetic": 8, "knowledge": 4, "word_problem": 4, "geometry": 4, "conversion": 2,
        "pattern": 1, "number_theory": 1, "probability": 1,
      ]
    )
    #expect(counts(set, "difficulty") == ["easy": 12, "medium": 13])
    #expect(counts(set, "section") == [:])
  }

  @Test func `eval_v2 has the composition of the predecessor's`() {
    let set = EvaluationSet.evalV2

    #expect(set.items.count == 100)
    #expect(set.items.first?.id == "eval-v2-001" && set.items.last?.id == "eval-v2-100")
    #expect(
      counts(set, "category") == [
        "arithmetic": 35, "word_problem": 16, "geometry": 15, "formatting": 12, "knowledge": 6,
        "conversion": 6, "number_theory": 5, "pattern": 2, "statistics": 1, "probability": 1,
        "algebra": 1,
      ]
    )
    #expect(counts(set, "difficulty") == ["easy": 52, "medium": 37, "hard": 11])
    #expect(counts(set, "section") == ["core": 60, "trace_sensitive": 25, "edge_case": 15])
  }

  @Test(arguments: EvaluationSet.builtIn)
  func `a built-in set is valid and asks nothing twice`(set: EvaluationSet) {
    let validation = EvaluationSetValidation(items: set.items, minimumItems: 25)

    #expect(validation.errors == [] && validation.warnings == [])
    #expect(Set(set.items.map(\.prompt)).count == set.items.count)
  }

  @Test func `the sets ask different questions`() {
    let first = Set(EvaluationSet.evalV1.items.map(\.prompt))
    #expect(EvaluationSet.evalV2.items.allSatisfy { !first.contains($0.prompt) })
  }

  /// A set never changes under its name: a change of an item needs a new set.
  @Test(arguments: [
    (
      EvaluationSet.evalV1, "879a58f50ff0d433461fd4e912dd470a99c0b1bfccff95513ef50e0401f20259"
    ),
    (
      EvaluationSet.evalV2, "dac4cd5689e00f907f7ddc4b36bea2b0ed523c8c548102599bef6a4837aabc50"
    ),
  ])
  func `a built-in set is what it always was`(set: EvaluationSet, hash: String) {
    #expect(set.contentHash.hex == hash)
  }

  @Test(arguments: EvaluationAnswers.v1.enumerated().map { ($0, $1) })
  func `an answer of eval_v1 is right`(place: Int, answer: String) {
    #expect(EvaluationSet.evalV1.items[place].expectedAnswer == answer)
  }

  @Test(arguments: EvaluationAnswers.v2.enumerated().map { ($0, $1) })
  func `an answer of eval_v2 is right`(place: Int, answer: String) {
    let item = EvaluationSet.evalV2.items[place]
    #expect(item.expectedAnswer == answer, "\(item.id): \(item.prompt)")
  }

  @Test func `every answer was worked out again`() {
    #expect(EvaluationAnswers.v1.count == 25 && EvaluationAnswers.v2.count == 100)
  }
}

struct EvaluationSetValidationTests {
  private func validate(_ text: String, minimum: Int = 1) -> EvaluationSetValidation {
    EvaluationSetValidation(lines: JSONLines.lines(of: Array(text.utf8)), minimumItems: minimum)
  }

  private let good = #"{"id":"a","prompt":"p","expected_answer":"x","note":1.0}"#

  @Test func `a line reads back with what it does not name`() throws {
    let validation = validate(good)

    #expect(validation.isValid && validation.warnings.isEmpty)
    #expect(validation.items.first?.json.compact == good)
  }

  @Test(arguments: [
    (#"{"id":"a","prompt":" ","expected_answer":"x"}"#, "a: prompt is empty"),
    (#"{"id":"a","prompt":"p","expected_answer":""}"#, "a: expected_answer is empty"),
    (#"{"id":"","prompt":"p","expected_answer":"x"}"#, "item 1: id is empty"),
    (
      #"{"id":"a","prompt":"p"}"#,
      "line 1: evaluation item /expected_answer: expected a text, found none"
    ),
    (
      #"{"id":"a","prompt":3,"expected_answer":"x"}"#,
      "line 1: evaluation item /prompt: expected a text, found number"
    ),
    ("[1]", "line 1: evaluation item at the top: expected an object, found array"),
  ])
  func `what is missing is named`(line: String, error: String) {
    #expect(validate(line, minimum: 0).errors == [error])
  }

  @Test func `the id of another item, too few items and unknown words are told`() {
    let odd = #"{"id":"a","prompt":"p","expected_answer":"x","section":"s","difficulty":"d"}"#
    let validation = validate(good + "\n" + odd, minimum: 50)

    #expect(
      validation.errors == ["a: the id is used twice", "2 items; at least 50 are asked for"]
    )
    #expect(
      validation.warnings == [
        "a: section \"s\" is none of core, trace_sensitive, edge_case",
        "a: difficulty \"d\" is none of easy, medium, hard",
      ]
    )
  }

  @Test(arguments: ["", "a b", ".a", "a/b", String(repeating: "a", count: 65)])
  func `a name that is none is refused`(name: String) {
    let item = EvaluationItem(id: "a", prompt: "p", expectedAnswer: "x")
    #expect(throws: DatasetError.self) { try EvaluationSet(name: name, items: [item]) }
    #expect(throws: DatasetError.self) { try EvaluationSet(name: "a", items: []) }
  }
}
