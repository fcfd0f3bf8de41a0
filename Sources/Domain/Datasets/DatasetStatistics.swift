import Foundations
import Traces

/// A dataset's size in traces, steps and characters (Unicode scalars).
public struct DatasetStatistics: Hashable, Sendable {
  /// How many traces.
  public let traceCount: Int
  /// Steps a trace, mean.
  public let averageStepCount: Double
  /// Steps of the shortest trace.
  public let minimumStepCount: Int
  /// Steps of the longest trace.
  public let maximumStepCount: Int
  /// Characters of prompt, answer and steps together, mean.
  public let averageTotalCharacters: Double

  /// Counts the traces of the items; all zero for no items.
  init(of items: [DatasetItem], among candidates: [DatasetCandidate]) {
    let known = Dictionary(candidates.map { ($0.id, $0) }) { first, _ in first }
    let chosen = items.compactMap { known[$0.traceID] }
    let count = Double(max(chosen.count, 1))
    traceCount = chosen.count
    averageStepCount = Double(chosen.reduce(0) { $0 + $1.stepCount }) / count
    minimumStepCount = chosen.map(\.stepCount).min() ?? 0
    maximumStepCount = chosen.map(\.stepCount).max() ?? 0
    averageTotalCharacters = Double(chosen.reduce(0) { $0 + $1.characterCount }) / count
  }

  init(
    traceCount: Int,
    averageStepCount: Double,
    minimumStepCount: Int,
    maximumStepCount: Int,
    averageTotalCharacters: Double
  ) {
    self.traceCount = traceCount
    self.averageStepCount = averageStepCount
    self.minimumStepCount = minimumStepCount
    self.maximumStepCount = maximumStepCount
    self.averageTotalCharacters = averageTotalCharacters
  }
}

/// What a split kept and left out.
public struct SplitSummary: Hashable, Sendable {
  /// The recipe that was followed; nil where sides were taken over from other datasets.
  public let recipe: SplitRecipe?
  /// Items to learn from.
  public let trainCount: Int
  /// Items to judge on.
  public let testCount: Int
  /// Distinct problems in train.
  public let trainGroups: Int
  /// Distinct problems in test.
  public let testGroups: Int
  /// Traces left out because their problem already has its test item.
  public let droppedTestRepeats: Int
  /// Traces left out because train holds the very same content already.
  public let droppedTrainDuplicates: Int
}
