import Evaluation
import Experiments
import Foundation
import Foundations
import Judging
import Testing

/// A stored comparison with so many items of each change.
func comparison(
  fixed: Int,
  broken: Int,
  same: Int = 40,
  overlap: TrainingOverlap = .none
) throws -> StoredComparison {
  let count = fixed + broken + same
  func outcomes(_ isCorrect: (Int) -> Bool) -> [ItemOutcome] {
    (0..<count).map { index in
      let outcome = isCorrect(index) ? Outcome.correct : .incorrect
      return ItemOutcome(itemID: "\(index)", category: nil, strict: outcome, lenient: outcome)
    }
  }
  return StoredComparison(
    id: .random(),
    baseRunID: .random(),
    trainedRunID: .random(),
    datasetKey: "demo-v1",
    datasetHash: ContentHash(ofText: "demo"),
    judge: Judges.standard.identity,
    overlap: overlap,
    comparison: try PairedComparison(
      base: outcomes { $0 >= fixed && $0 < fixed + broken },
      trained: outcomes { $0 < fixed }
    ),
    createdAt: Date(timeIntervalSince1970: 1_700_000_000)
  )
}

struct PromotionDecisionTests {
  private func isRefused(_ decision: PromotionDecision, _ words: String) -> Bool {
    if case .refuse(let reason) = decision { reason.contains(words) } else { false }
  }

  @Test func `a proven gain promotes the trained model`() throws {
    let decision = PromotionDecision.decide(comparison: try comparison(fixed: 50, broken: 1))

    #expect(
      decision
        == .promote(
          .trained,
          reason: "the trained model is better (50 fixed, 1 broken of 91 items)"
        )
    )
  }

  @Test func `nothing is promoted without a stored comparison`() {
    for candidate in PromotionCandidate.allCases {
      let decision = PromotionDecision.decide(comparison: nil, asked: candidate)
      #expect(isRefused(decision, "no stored paired comparison"))
    }
  }

  @Test func `a gain that may be chance is refused`() throws {
    // Exact p values: 7 to 0 is 0.0156, 8 to 0 is 0.0078.
    let chance = PromotionDecision.decide(comparison: try comparison(fixed: 7, broken: 0))
    let proof = PromotionDecision.decide(comparison: try comparison(fixed: 8, broken: 0))

    #expect(isRefused(chance, "no difference is shown"))
    #expect(!isRefused(proof, ""))
  }

  @Test func `a loss is refused`() throws {
    let decision = PromotionDecision.decide(comparison: try comparison(fixed: 1, broken: 30))

    #expect(isRefused(decision, "worse than its base"))
  }

  @Test func `items that were trained on prove nothing`() throws {
    let seen = try comparison(fixed: 50, broken: 0, overlap: .items(3))
    let unknown = try comparison(fixed: 50, broken: 0, overlap: .unknown)

    #expect(isRefused(.decide(comparison: seen), "trained on 3 of the compared items"))
    #expect(isRefused(.decide(comparison: unknown), "nobody checked"))
  }

  @Test func `the base model is promoted only when it is asked for`() throws {
    let decision = PromotionDecision.decide(
      comparison: try comparison(fixed: 0, broken: 0),
      asked: .base
    )

    guard case .promote(.base, _) = decision else {
      Issue.record("\(decision)")
      return
    }
  }
}

struct RunRecordTests {
  static let manifest = RunManifest(
    runID: .random(),
    createdAt: Date(timeIntervalSince1970: 1_700_000_000.25),
    recipe: "trace_sft_native",
    datasetKey: "demo-v1",
    datasetHash: ContentHash(ofText: "demo"),
    model: "tiny",
    modelHash: ContentHash(ofText: "weights"),
    configuration: ["learning_rate": 0.001, "lora_r": 16],
    seed: 42,
    sourceRevision: nil,
    compute: ComputeFacts(
      cpu: "a CPU",
      isa: "avx2",
      dtype: "f32",
      threads: 2,
      engineVersion: "1",
      layoutRule: "plain"
    )
  )

  @Test func `a manifest survives JSON`() throws {
    let text = Self.manifest.json.pretty

    #expect(try RunManifest(json: JSONValue(parsing: text)) == Self.manifest)
    #expect(text.contains("\"git_sha\": null"))
  }

  @Test func `provenance links run, data, judge, weights and configuration and survives JSON`()
    throws
  {
    let stored = try comparison(fixed: 50, broken: 1)
    let provenance = Provenance(
      manifest: Self.manifest,
      comparison: stored,
      adapterHash: ContentHash(ofText: "adapter")
    )

    let json = provenance.json

    #expect(try Provenance(json: JSONValue(parsing: json.compact)) == provenance)
    #expect(json["dataset_sha256"]?.string == stored.datasetHash.hex)
    #expect(json["judge"]?.string == "answer_correctness@v2")
    #expect(json["base_model_sha256"]?.string == Self.manifest.modelHash.hex)
    #expect(json["metrics"]?["lenient_fixed"]?.int == 50)
    #expect(json["cpu"]?.string == "a CPU")
  }

  @Test func `a metrics row has the names that people know`() throws {
    let row = MetricsRow(
      step: 3,
      epoch: 0.25,
      loss: 1.5,
      learningRate: 1e-3,
      gradientNorm: 0.75,
      tokensPerSecond: 812.5,
      tokenCount: 3_120,
      timestamp: Date(timeIntervalSince1970: 1_700_000_000),
      device: "cpu"
    )

    let json = row.json

    #expect(
      json.object?.map(\.key) == [
        "step", "epoch", "loss", "learning_rate", "grad_norm", "tokens_per_second", "num_tokens",
        "timestamp", "device",
      ]
    )
    #expect(try MetricsRow(json: JSONValue(parsing: json.compact)) == row)
  }

  @Test func `a damaged record says which field is wrong`() {
    let json = Self.manifest.json.setting("model_sha256", to: "xyz")

    #expect(
      throws: ExperimentError.badField(
        path: "/model_sha256",
        expected: "sha256",
        found: "\"xyz\""
      )
    ) { try RunManifest(json: json) }
    #expect(throws: ExperimentError.badField(path: "/", expected: "object", found: "array")) {
      try MetricsRow(json: [])
    }
  }
}
