public import Foundations
public import Judging

/// What `delta_report.md` is made of: two runs on one dataset, compared item by item.
public struct DeltaReport: Hashable, Sendable {
  /// One of the two runs, as the report names it.
  public struct Run: Hashable, Sendable {
    /// The run's identifier.
    public let id: String

    /// The model, for example `smollm2-135m-instruct + LoRA adapter`.
    public let model: String

    /// Further facts for the header in order, for example ("dtype", "bf16").
    public let facts: [Fact]

    /// How many replies ended at the length cap (`finish_reason` length); nil when not recorded.
    public let cappedCount: Int?

    /// Describes a run.
    public init(id: String, model: String, facts: [Fact] = [], cappedCount: Int? = nil) {
      self.id = id
      self.model = model
      self.facts = facts
      self.cappedCount = cappedCount
    }
  }

  /// A named fact of a run.
  public struct Fact: Hashable, Sendable {
    /// The fact's name.
    public let name: String

    /// The fact itself.
    public let value: String

    /// Names a fact.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// One item's texts.
  public struct Example: Hashable, Sendable {
    /// The item's name.
    public let itemID: String

    /// The prompt both models saw.
    public let prompt: String

    /// The expected answer.
    public let expected: String

    /// The base model's reply.
    public let base: String

    /// The trained model's reply.
    public let trained: String

    /// Makes an example.
    public init(itemID: String, prompt: String, expected: String, base: String, trained: String) {
      self.itemID = itemID
      self.prompt = prompt
      self.expected = expected
      self.base = base
      self.trained = trained
    }
  }

  /// The base run.
  public let base: Run

  /// The trained run.
  public let trained: Run

  /// The dataset's key.
  public let datasetKey: String

  /// The hash of the dataset's manifest.
  public let datasetHash: ContentHash

  /// The judge of both runs.
  public let judge: JudgeIdentity

  /// The paired comparison.
  public let comparison: PairedComparison

  /// Whether compared items were trained on.
  public let overlap: TrainingOverlap

  /// The texts of any items; the report shows some of the fixed and broken ones.
  public let examples: [Example]

  /// Gathers a report.
  public init(
    base: Run,
    trained: Run,
    datasetKey: String,
    datasetHash: ContentHash,
    judge: JudgeIdentity,
    comparison: PairedComparison,
    overlap: TrainingOverlap,
    examples: [Example] = []
  ) {
    self.base = base
    self.trained = trained
    self.datasetKey = datasetKey
    self.datasetHash = datasetHash
    self.judge = judge
    self.comparison = comparison
    self.overlap = overlap
    self.examples = examples
  }

  /// The sentences that say what the comparison shows, and what it does not.
  public var verdict: String {
    ([leadingSentence] + caveats).joined(separator: " ")
  }
}

extension DeltaReport {
  private var leadingSentence: String {
    let block = comparison.lenient
    let change = "\(percent(block.baseAccuracy)) to \(percent(block.trainedAccuracy))"
    let counts =
      "\(block.fixed) fixed, \(block.broken) broken, p = \(Self.scientific(block.pValue))"
    switch EvidenceVerdict(comparison, overlap: overlap) {
    case .better:
      return "The trained model is better: lenient accuracy went from \(change) (\(counts))."
    case .worse:
      return "The trained model is worse: lenient accuracy went from \(change) (\(counts))."
    case .undecided:
      let limit = "p is not below \(EvidenceVerdict.threshold)"
      return "No difference is shown: lenient accuracy went from \(change) (\(counts)); \(limit)."
    case .tainted:
      return "This comparison is no evidence: \(overlapSentence) Lenient accuracy went from "
        + "\(change) (\(counts))."
    }
  }

  private var overlapSentence: String {
    switch overlap {
    case .none: "no compared item was trained on."
    case .items(let count):
      "the trained run was trained on \(count) of the \(comparison.items.count) compared items."
    case .unknown: "nobody checked whether the compared items were trained on."
    }
  }

  private var caveats: [String] {
    var sentences: [String] = []
    let count = comparison.items.count
    if count < EvidenceVerdict.smallSample {
      sentences.append("The sample is small (\(count) items): the intervals are wide.")
    }
    let (strict, lenient) = (comparison.strict, comparison.lenient)
    if strict.delta > lenient.delta + 0.1 {
      let surplus = percent(strict.delta - lenient.delta).replacing(
        " %",
        with: " percentage points"
      )
      sentences.append(
        "The strict outcome gained \(surplus) more than the lenient one: that part is format."
      )
    }
    if let capped = trained.cappedCount, count > 0, Double(capped) > 0.1 * Double(count) {
      sentences.append(
        "\(percent(Double(capped) / Double(count))) of the trained replies were cut at the cap."
      )
    }
    return sentences
  }

  /// A share as a percentage with one decimal place.
  func percent(_ share: Double, isSigned: Bool = false) -> String {
    let tenths = Int((share * 1000).rounded())
    let sign = tenths < 0 ? "-" : (isSigned ? "+" : "")
    return "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10) %"
  }

  /// A p value with two significant digits: `0.031`, `5.2e-14`.
  static func scientific(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    var exponent = 0
    var mantissa = value
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    var tenths = Int((mantissa * 10).rounded())
    if tenths == 100 { (tenths, exponent) = (10, exponent + 1) }
    guard exponent < -3 else {
      return Double(tenths).scaled(byPowerOfTen: exponent - 1)
    }
    return "\(tenths / 10).\(tenths % 10)e\(exponent)"
  }
}

extension Double {
  /// The decimal text of a whole number times a small power of ten.
  fileprivate func scaled(byPowerOfTen exponent: Int) -> String {
    guard exponent < 0 else { return "\(Int(self))" }
    let digits = String(Int(self))
    let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    let fraction = String(padded.suffix(-exponent))
    let kept = fraction.reversed().drop { $0 == "0" }.reversed()
    let whole = padded.dropLast(-exponent)
    return kept.isEmpty ? "\(whole)" : "\(whole).\(String(kept))"
  }
}
