import Evaluation
import Foundations
import Judging
import Testing

/// Outcomes written as letters: c correct, i incorrect, u unparseable; one item a letter.
func outcomes(lenient: String, strict: String? = nil, categories: [String?] = []) -> [ItemOutcome] {
  let names: [Character: Outcome] = ["c": .correct, "i": .incorrect, "u": .unparseable]
  let strictLetters = Array(strict ?? lenient)
  return lenient.enumerated().map { index, letter in
    ItemOutcome(
      itemID: "item-\(index)",
      category: categories.isEmpty ? nil : categories[index % categories.count],
      strict: names[strictLetters[index]] ?? .unparseable,
      lenient: names[letter] ?? .unparseable
    )
  }
}

struct PairedComparisonTests {
  @Test func `items are counted by what training did to them`() throws {
    let base = outcomes(lenient: "cciiu", strict: "uuuuu")
    let trained = outcomes(lenient: "cicuc", strict: "cicui")

    let comparison = try PairedComparison(base: base, trained: trained)

    let lenient = comparison.lenient
    #expect([lenient.fixed, lenient.broken, lenient.bothRight, lenient.bothWrong] == [2, 1, 1, 1])
    #expect(lenient.baseAccuracy == 0.4)
    #expect(lenient.trainedAccuracy == 0.6)
    #expect(abs(lenient.delta - 0.2) < 1e-12)
    #expect(lenient.pValue == 1)
    #expect(comparison.strict.fixed == 2)
    #expect(comparison.strict.base.unparseable == 5)
    #expect(comparison.items(.fixed).map(\.itemID) == ["item-2", "item-4"])
    #expect(comparison.items(.broken).map(\.itemID) == ["item-1"])
  }

  @Test func `the order of the trained run does not matter`() throws {
    let base = outcomes(lenient: "cciiuic")
    let trained = outcomes(lenient: "cicucic")

    let straight = try PairedComparison(base: base, trained: trained)
    let turned = try PairedComparison(base: base, trained: trained.reversed())

    #expect(straight == turned)
  }

  @Test func `categories are compared apart and add up`() throws {
    let base = outcomes(lenient: "ciciic", categories: ["sum", nil])
    let trained = outcomes(lenient: "ccciii", categories: ["sum", nil])

    let comparison = try PairedComparison(base: base, trained: trained)

    #expect(comparison.categories.map(\.name) == ["(none)", "sum"])
    #expect(comparison.categories.map(\.lenient.fixed).reduce(0, +) == comparison.lenient.fixed)
    #expect(comparison.categories.map(\.lenient.base.total) == [3, 3])
  }

  @Test func `a missing prediction is an error that names the item`() {
    let base = outcomes(lenient: "ccc")

    #expect(throws: EvaluationError.missingItems(run: "trained", itemIDs: ["item-1"])) {
      try PairedComparison(base: base, trained: [base[0], base[2]])
    }
    #expect(throws: EvaluationError.missingItems(run: "base", itemIDs: ["item-2"])) {
      try PairedComparison(base: Array(base[0...1]), trained: base)
    }
  }

  @Test func `empty runs, repeated items and changed categories are refused`() {
    let base = outcomes(lenient: "cc")

    #expect(throws: EvaluationError.noItems(run: "base")) {
      try PairedComparison(base: [], trained: base)
    }
    #expect(throws: EvaluationError.repeatedItem(run: "trained", itemID: "item-0")) {
      try PairedComparison(base: base, trained: base + [base[0]])
    }
    #expect(
      throws: EvaluationError.differentCategory(itemID: "item-0", base: nil, trained: "sum")
    ) {
      try PairedComparison(base: base, trained: outcomes(lenient: "cc", categories: ["sum"]))
    }
  }

  @Test func `errors are sentences`() {
    let missing = EvaluationError.missingItems(
      run: "trained",
      itemIDs: (0..<9).map { "item-\($0)" }
    )

    #expect(missing.description.hasPrefix("the trained run lacks 9 of the compared items: item-0"))
    #expect(missing.description.hasSuffix("…"))
    #expect(EvaluationError.noItems(run: "base").description == "the base run has no judged items")
  }

  @Test func `a comparison survives JSON`() throws {
    let comparison = try PairedComparison(
      base: outcomes(lenient: "cciiu"),
      trained: outcomes(lenient: "cicuc")
    )

    let copy = try JSONValue(encoding: comparison).decode(PairedComparison.self)

    #expect(copy == comparison)
  }
}
