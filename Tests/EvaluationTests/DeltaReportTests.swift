import Evaluation
import Foundations
import Judging
import TestSupport
import Testing

struct DeltaReportTests {
  static func report(
    base: String,
    trained: String,
    strict: String? = nil,
    overlap: TrainingOverlap = .none,
    capped: Int? = nil,
    examples: [DeltaReport.Example] = []
  ) throws -> DeltaReport {
    let categories = ["addition", "reversal"]
    return DeltaReport(
      base: DeltaReport.Run(id: "run-a", model: "tiny", cappedCount: capped),
      trained: DeltaReport.Run(
        id: "run-b",
        model: "tiny + adapter",
        facts: [DeltaReport.Fact("dtype", "f32")],
        cappedCount: capped
      ),
      datasetKey: "demo-v1",
      datasetHash: ContentHash(ofText: "demo"),
      judge: Judges.standard.identity,
      comparison: try PairedComparison(
        base: outcomes(lenient: base, categories: categories),
        trained: outcomes(lenient: trained, strict: strict, categories: categories)
      ),
      overlap: overlap,
      examples: examples
    )
  }

  static func repeated(_ letters: String, _ count: Int) -> String {
    String(repeating: letters, count: count)
  }

  @Test func `a clear gain on unseen items is called better`() throws {
    let report = try Self.report(
      base: Self.repeated("i", 100) + Self.repeated("c", 20),
      trained: Self.repeated("c", 50) + Self.repeated("i", 51) + Self.repeated("c", 19)
    )

    #expect(EvidenceVerdict(report.comparison, overlap: .none) == .better)
    #expect(
      report.verdict.hasPrefix(
        "The trained model is better: lenient accuracy went from 16.7 % to 57.5 %"
      )
    )
    #expect(report.verdict.contains("50 fixed, 1 broken, p = 4.6e-14"))
    #expect(!report.verdict.contains("small"))
  }

  @Test func `a clear loss is called worse`() throws {
    let report = try Self.report(
      base: Self.repeated("c", 120),
      trained: Self.repeated("c", 100) + Self.repeated("i", 20)
    )

    #expect(report.verdict.hasPrefix("The trained model is worse"))
  }

  @Test func `a difference that may be chance is not called a gain`() throws {
    let report = try Self.report(base: "iiiiic", trained: "ccccci")

    #expect(report.verdict.hasPrefix("No difference is shown"))
    #expect(report.verdict.contains("p = 0.22"))
    #expect(report.verdict.contains("p is not below 0.01"))
    #expect(report.verdict.contains("small (6 items)"))
  }

  @Test(arguments: [TrainingOverlap.items(7), .unknown])
  func `trained-on items make a comparison no evidence`(_ overlap: TrainingOverlap) throws {
    let report = try Self.report(
      base: Self.repeated("i", 120),
      trained: Self.repeated("c", 120),
      overlap: overlap
    )

    #expect(report.verdict.hasPrefix("This comparison is no evidence"))
    #expect(!report.verdict.contains("better"))
  }

  @Test func `a gain in format alone is named`() throws {
    let report = try Self.report(
      base: Self.repeated("u", 60) + Self.repeated("i", 60),
      trained: Self.repeated("i", 120),
      strict: Self.repeated("c", 60) + Self.repeated("i", 60)
    )

    #expect(report.verdict.contains("that part is format"))
  }

  @Test func `the report is the reviewed one byte for byte`() throws {
    let example = DeltaReport.Example(
      itemID: "item-0",
      prompt: "What is 2 + 2?",
      expected: "4",
      base: "```\n5 | no\n```",
      trained: "Answer: 4" + Self.repeated("x", 700)
    )
    let report = try Self.report(
      base: "iiicu",
      trained: "ccciu",
      capped: 2,
      examples: [example]
    )

    let expected = try Fixture.bytes("evaluation/delta_report.md")

    #expect(report.markdown == String(decoding: expected, as: UTF8.self))
  }
}
