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

  init(_ plan: TrainingPlan) {
    rows = plan.rows
    tokens = plan.tokens
    supervisedTokens = plan.supervisedTokens
    steps = plan.steps
    rowsPerStep = plan.rowsPerStep
    trainableParameters = plan.trainableParameters
    truncatedRows = plan.truncatedRows
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

  init(_ summary: TrainingSummary) {
    steps = summary.steps
    firstLoss = summary.firstLoss
    finalLoss = summary.finalLoss
    meanLoss = summary.meanLoss
    numTokens = summary.numTokens
    seconds = summary.seconds
    tokensPerSecond = summary.tokensPerSecond
  }
}
