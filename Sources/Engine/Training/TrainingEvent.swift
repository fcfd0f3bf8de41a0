/// What happened during training, in the past tense.
public enum TrainingEvent: Sendable, Hashable {
  /// Everything was checked and the first step is next.
  case started(TrainingPlan)
  /// An optimiser step was taken.
  case stepped(StepMetrics)
  /// All steps were taken, or somebody asked to stop after this many.
  case finished(TrainingSummary)
}

/// What a run is going to do.
public struct TrainingPlan: Sendable, Hashable {
  /// Rows to train on.
  public let rows: Int
  /// Tokens of one pass over them.
  public let tokens: Int
  /// Learned tokens of one pass.
  public let supervisedTokens: Int
  /// Optimiser steps.
  public let steps: Int
  /// Rows of one step.
  public let rowsPerStep: Int
  /// The adapter's parameters.
  public let trainableParameters: Int
  /// Rows cut to the allowed length.
  public let truncatedRows: Int
  /// Steps that warm up.
  public let warmupSteps: Int
}

/// One step's numbers.
public struct StepMetrics: Sendable, Hashable {
  /// The step, from 1.
  public let step: Int
  /// Passes over the rows so far, with its fraction.
  public let epoch: Double
  /// The mean negative log-likelihood of the step's supervised tokens before the step, in nats.
  public let loss: Double
  /// The rate that the step used.
  public let learningRate: Double
  /// The gradient's norm before clipping.
  public let gradNorm: Double
  /// Tokens a second of this step.
  public let tokensPerSecond: Double
  /// Tokens of all steps so far.
  public let numTokens: Int
  /// The step's wall time.
  public let seconds: Double
}

/// A run's closing numbers.
public struct TrainingSummary: Sendable, Hashable {
  /// Steps taken.
  public let steps: Int
  /// Steps planned.
  public let plannedSteps: Int
  /// The loss of the first step.
  public let firstLoss: Double
  /// The loss of the last step.
  public let finalLoss: Double
  /// The mean of all steps' losses.
  public let meanLoss: Double
  /// Tokens of all steps.
  public let numTokens: Int
  /// Wall time of all steps.
  public let seconds: Double

  /// Whether somebody asked to stop before the last planned step.
  public var wasInterrupted: Bool { steps < plannedSteps }
  /// Tokens a second over all steps.
  public var tokensPerSecond: Double { seconds > 0 ? Double(numTokens) / seconds : 0 }
}
