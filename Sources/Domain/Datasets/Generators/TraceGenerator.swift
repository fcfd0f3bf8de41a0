public import Traces

/// The built-in collections of traces; the same seed always gives the same traces.
public enum TraceGenerator: String, Hashable, Sendable, CaseIterable {
  /// 550 traces: 385 reasoning, 110 synthetic, 35 golden-style, 20 edge cases.
  case devReasoningV2 = "dev-reasoning-v2"
  /// Five hand-made traces, one a case.
  case goldenV1 = "golden-v1"
  /// 100 traces: 50 additions, 50 word repetitions.
  case goldenV2 = "golden-v2"

  /// The version that generated traces carry.
  public static let traceVersion = "1.0"

  /// The traces in their order.
  ///
  /// Every answer is correct and every trace has `meta.group_key`, which names the problem: two
  /// wordings of one problem share it, across templates and generators.
  public func traces(seed: UInt64 = 42) -> [Trace] {
    switch self {
    case .devReasoningV2: DevReasoning.traces(seed: seed)
    case .goldenV1: GoldenSets.first(seed: seed)
    case .goldenV2: GoldenSets.second(seed: seed)
    }
  }
}
