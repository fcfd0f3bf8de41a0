public import Traces

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

  /// Counts; all zero for no traces.
  public init(of traces: [Trace]) {
    let steps = traces.map(\.steps.count)
    let characters = traces.map { trace in
      ([trace.prompt, trace.finalAnswer] + trace.steps.map(\.content))
        .reduce(0) { $0 + $1.unicodeScalars.count }
    }
    let count = Double(max(traces.count, 1))
    traceCount = traces.count
    averageStepCount = Double(steps.reduce(0, +)) / count
    minimumStepCount = steps.min() ?? 0
    maximumStepCount = steps.max() ?? 0
    averageTotalCharacters = Double(characters.reduce(0, +)) / count
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
  /// The recipe that was followed.
  public let recipe: SplitRecipe
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
