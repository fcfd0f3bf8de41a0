import Experiments
import Files
public import Foundation
public import Foundations
import Tensors

/// A measurement of the native engine's speed and memory.
public struct Benchmark: Sendable {
  /// What is measured.
  public enum Kind: String, Sendable, CaseIterable {
    /// Steps of LoRA training: forward, backward, clipping, AdamW.
    case train
    /// Greedy generation of all prompts, each repetition from empty caches.
    case generate
    /// From the model's file to the logits of one token.
    case load
  }

  /// What is measured.
  public var kind = Kind.train
  /// Where it is computed; this engine has `cpu`.
  public var device = "cpu"
  /// Repetitions that count.
  public var steps = 3
  /// Repetitions before them that do not.
  public var warmup = 1
  /// Rows of a training step.
  public var batchSize = 8
  /// Tokens of a training row.
  public var sequenceLength = 128
  /// The part of a row, at its end, that is learned: 1 for every token.
  public var supervised = 1.0
  /// The adapter's rank; all projections are adapted.
  public var rank = 16
  /// Prompts that are generated for at once.
  public var prompts = 64
  /// Tokens of a prompt, without the shared prefix.
  public var promptTokens = 34
  /// Tokens written after each prompt; end tokens do not end it.
  public var newTokens = 48
  /// Tokens at the beginning that all prompts have in common.
  public var sharedPrefix = 0
  /// A file of prompts, `{"ids"}` a line, instead of random ones.
  public var promptFile: URL?
  /// How the engine computes.
  public var options = EngineOptions()
  /// Whether the best rate of a large product is measured too.
  public var measuresPeak = false
  /// Where a Chrome trace of the counted repetitions goes; nil for none.
  public var profile: URL?

  /// A benchmark with the defaults.
  public init() {}

  /// Measures, and gives all single timings with the facts about the machine.
  ///
  /// Throws where a number makes no sense, the model cannot do the work, or another device is asked for.
  public func run(on reference: ModelReference) async throws -> JSONValue {
    try check()
    let benchmark = self
    let profile = profile
    let (result, trace) = try await EngineThread.shared.run { signal in
      try BenchmarkRun(benchmark, reference, signal).result()
    }
    if let profile, let trace {
      try AtomicFile.write(text: trace.compact + "\n", to: profile)
    }
    return result
  }

  private func check() throws {
    guard device == "cpu" else {
      throw ExecutionError.input(
        "there is no device \"\(device)\" in this engine: it computes on cpu, and only there"
      )
    }
    let counts = [
      ("--steps", steps), ("--batch-size", batchSize), ("--sequence-length", sequenceLength - 1),
      ("--rank", rank), ("--prompts", prompts), ("--prompt-tokens", promptTokens),
      ("--new-tokens", newTokens), ("--warmup", warmup + 1), ("--shared-prefix", sharedPrefix + 1),
    ]
    for (name, value) in counts where value < 1 {
      let least = ["--sequence-length": 2, "--warmup": 0, "--shared-prefix": 0][name] ?? 1
      throw ExecutionError.input("\(name) must be at least \(least)")
    }
    guard supervised > 0, supervised <= 1 else {
      throw ExecutionError.input("--supervised must be above 0 and at most 1, not \(supervised)")
    }
  }
}

/// The timings of one benchmark, repetition by repetition.
struct Timings {
  /// Seconds of the repetitions that do not count.
  var warmup: [Double] = []
  /// Seconds of those that count.
  var counted: [Double] = []
  /// What else is worth telling.
  var facts: [JSONValue.Member] = []

  var median: Double {
    let sorted = counted.sorted()
    let middle = sorted.count / 2
    guard !sorted.isEmpty else { return 0 }
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The numbers of a report; `tokens` is how many a repetition works on or writes.
  func members(tokens: Int) -> [JSONValue.Member] {
    func member(_ key: String, _ value: Double) -> JSONValue.Member {
      JSONValue.Member(key: key, value: JSONValue(value))
    }
    return [
      member("tokens_per_second", Double(tokens) / median),
      member("steps_per_second", 1 / median),
      member("median_seconds", median),
      member("minimum_seconds", counted.min() ?? 0),
      member("maximum_seconds", counted.max() ?? 0),
      JSONValue.Member(key: "tokens_per_step", value: JSONValue(tokens)),
      JSONValue.Member(key: "seconds", value: .array(counted.map { JSONValue($0) })),
      JSONValue.Member(key: "warmup_seconds", value: .array(warmup.map { JSONValue($0) })),
    ] + facts
  }
}
