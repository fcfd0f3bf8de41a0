import Training

/// What a person may see while a run works.
public enum RunEvent: Sendable {
  /// A part of the work has begun, in words.
  case began(String)
  /// Training was planned and checked, and its first step is next.
  case planned(TrainingOutline)
  /// A training step was taken.
  case stepped(TrainingProgress)
  /// Some prompts are answered.
  case generated(finished: Int, total: Int, newTokens: Int)
}

/// What a training is going to do.
public struct TrainingOutline: Sendable {
  /// Rows to learn.
  public let rows: Int
  /// Tokens of one pass.
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
  /// Steps that a checkpoint has brought along.
  public let firstStep: Int
  /// Packed rows and how well they are filled, 0 to 1; nil where nothing is packed.
  public let packing: (bins: Int, efficiency: Double)?
  /// Rows of an evaluation; 0 for none.
  public let evaluationRows: Int
  /// The memory that the plan expects to fill, in bytes.
  public let plannedBytes: Int
  /// Whether blocks are computed again in the backward pass.
  public let checkpointsActivations: Bool

  init(_ plan: TrainingPlan) {
    rows = plan.rows
    tokens = plan.tokens
    supervisedTokens = plan.supervisedTokens
    steps = plan.steps
    rowsPerStep = plan.rowsPerStep
    trainableParameters = plan.trainableParameters
    truncatedRows = plan.truncatedRows
    firstStep = plan.firstStep
    packing = plan.packing.map { ($0.bins, $0.efficiency) }
    evaluationRows = plan.evaluationRows
    plannedBytes = plan.memory.totalBytes
    checkpointsActivations = plan.memory.checkpointsActivations
  }
}

/// How far a training has come.
public struct TrainingProgress: Sendable {
  /// The step, from 1.
  public let step: Int
  /// All steps.
  public let steps: Int
  /// The step's loss, in nats a token.
  public let loss: Double
  /// The step's speed.
  public let tokensPerSecond: Double
  /// The evaluation loss after the step; nil where none was computed.
  public let evalLoss: Double?
}

/// A finished training's closing numbers.
public struct TrainingResult: Sendable {
  /// Steps taken.
  public let steps: Int
  /// The loss of the first step, in nats a token.
  public let firstLoss: Double
  /// The loss of the last step.
  public let finalLoss: Double
  /// The mean of all steps' losses.
  public let meanLoss: Double
  /// Tokens of all steps.
  public let numTokens: Int
  /// Wall time of all steps.
  public let seconds: Double
  /// Tokens a second over all steps.
  public let tokensPerSecond: Double
  /// `completed`, `stopped_early` or `interrupted`.
  public let ending: String
  /// The last evaluation loss; nil where nothing was evaluated.
  public let finalEvalLoss: Double?
  /// The smallest evaluation loss and the steps before it; nil where nothing was evaluated.
  public let best: (step: Int, evalLoss: Double)?
  /// The steps after which the kept parameters are.
  public let keptStep: Int
  /// What was written: `adapter` or `model`, a folder of the output.
  public let product: String

  init(_ summary: TrainingSummary, product: String) {
    steps = summary.steps
    firstLoss = summary.firstLoss
    finalLoss = summary.finalLoss
    meanLoss = summary.meanLoss
    numTokens = summary.numTokens
    seconds = summary.seconds
    tokensPerSecond = summary.tokensPerSecond
    ending = summary.ending.rawValue
    finalEvalLoss = summary.finalEvalLoss
    best = summary.best.map { ($0.step, $0.loss) }
    keptStep = summary.keptStep
    self.product = product
  }
}
