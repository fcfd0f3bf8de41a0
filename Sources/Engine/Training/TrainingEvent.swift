public import Foundation

/// What happened during training, in the past tense.
public enum TrainingEvent: Sendable {
  /// Everything was checked and the first step is next.
  case started(TrainingPlan)
  /// An optimiser step was taken, and the evaluation that was due after it.
  case stepped(StepMetrics)
  /// A checkpoint is due; it shows the trainer's own parameters, so write it before returning.
  case checkpointDue(Checkpoint)
  /// All steps were taken, or training stopped early, or somebody asked to stop.
  case finished(TrainingSummary)
}

/// What a run is going to do.
public struct TrainingPlan: Sendable, Hashable {
  /// Rows packed into longer ones.
  public struct Packing: Sendable, Hashable {
    /// The packed rows.
    public let bins: Int
    /// The most tokens of one.
    public let capacity: Int
    /// The rows' tokens over the room of all bins, 0 to 1.
    public let efficiency: Double
  }

  /// Rows to train on.
  public let rows: Int
  /// Tokens of one pass over them.
  public let tokens: Int
  /// Learned tokens of one pass.
  public let supervisedTokens: Int
  /// Optimiser steps.
  public let steps: Int
  /// Steps that a checkpoint has brought along.
  public let firstStep: Int
  /// Rows of one step, or packed rows.
  public let rowsPerStep: Int
  /// The parameters that are changed.
  public let trainableParameters: Int
  /// Rows cut to the allowed length.
  public let truncatedRows: Int
  /// Steps that warm up.
  public let warmupSteps: Int
  /// How rows are packed; nil where they are not.
  public let packing: Packing?
  /// Rows of an evaluation; 0 for none.
  public let evaluationRows: Int
  /// The memory that is going to be used.
  public let memory: MemoryPlan
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
  /// Tokens of this step.
  public let tokens: Int
  /// Tokens of all steps so far.
  public let numTokens: Int
  /// The step's wall time without its evaluation.
  public let seconds: Double
  /// When the step ended.
  public let endedAt: Date
  /// The evaluation loss after the step, in nats a token; nil where none was due.
  public var evalLoss: Double?

  /// Tokens a second of this step.
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}

/// A run's closing numbers.
public struct TrainingSummary: Sendable, Hashable {
  /// Why there are no more steps.
  public enum Ending: String, Sendable, Hashable {
    /// All planned steps were taken.
    case completed
    /// The evaluation loss no longer fell.
    case stoppedEarly = "stopped_early"
    /// Somebody asked to stop.
    case interrupted
  }

  /// Steps taken, those of a checkpoint among them.
  public let steps: Int
  /// Steps planned.
  public let plannedSteps: Int
  /// Why there are no more.
  public let ending: Ending
  /// The loss of the first step.
  public let firstLoss: Double
  /// The loss of the last step.
  public let finalLoss: Double
  /// The mean of all steps' losses.
  public let meanLoss: Double
  /// The last evaluation loss; nil where nothing was evaluated.
  public let finalEvalLoss: Double?
  /// The smallest evaluation loss, and the steps before it.
  public let best: EarlyStopping.Best?
  /// The steps after which the parameters are as they were left.
  public let keptStep: Int
  /// Tokens of all steps.
  public let numTokens: Int
  /// Wall time of all steps.
  public let seconds: Double

  /// Whether somebody asked to stop before the last planned step.
  public var wasInterrupted: Bool { ending == .interrupted }
  /// Tokens a second over all steps.
  public var tokensPerSecond: Double { seconds > 0 ? Double(numTokens) / seconds : 0 }
}
