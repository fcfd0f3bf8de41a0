public import Foundation
public import Foundations

/// One line of `metrics.jsonl`: the numbers of one optimiser step.
public struct MetricsRow: Hashable, Sendable {
  /// The optimiser step, from 1.
  public let step: Int

  /// The passes over the training items so far, a fraction.
  public let epoch: Double

  /// The mean loss of the step's supervised tokens, in nats.
  public let loss: Double

  /// The learning rate of the step.
  public let learningRate: Double

  /// The gradient's norm before clipping.
  public let gradientNorm: Double

  /// Tokens trained per second in this step.
  public let tokensPerSecond: Double

  /// Tokens trained since the run began.
  public let tokenCount: Int

  /// When the step ended.
  public let timestamp: Date

  /// Where it was computed, for example `cpu`.
  public let device: String

  /// The evaluation loss after the step, in nats a token; nil where none was computed.
  public let evalLoss: Double?

  /// Makes a row.
  public init(
    step: Int,
    epoch: Double,
    loss: Double,
    learningRate: Double,
    gradientNorm: Double,
    tokensPerSecond: Double,
    tokenCount: Int,
    timestamp: Date,
    device: String,
    evalLoss: Double? = nil
  ) {
    self.step = step
    self.epoch = epoch
    self.loss = loss
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.tokensPerSecond = tokensPerSecond
    self.tokenCount = tokenCount
    self.timestamp = timestamp
    self.device = device
    self.evalLoss = evalLoss
  }

  /// Reads a row; fields that are not known are passed over.
  public init(json: JSONValue) throws(ExperimentError) {
    let fields = try FieldReader(json)
    step = try fields.int("step")
    epoch = try fields.number("epoch")
    loss = try fields.number("loss")
    learningRate = try fields.number("learning_rate")
    gradientNorm = try fields.number("grad_norm")
    tokensPerSecond = try fields.number("tokens_per_second")
    tokenCount = try fields.int("num_tokens")
    timestamp = try fields.date("timestamp")
    device = try fields.string("device")
    evalLoss = try fields.optional("eval_loss", "number") { $0.double }
  }

  /// The row as JSON, the field order fixed; `eval_loss` stands only where there is one.
  public var json: JSONValue {
    let row: JSONValue = [
      "step": JSONValue(step), "epoch": JSONValue(epoch), "loss": JSONValue(loss),
      "learning_rate": JSONValue(learningRate), "grad_norm": JSONValue(gradientNorm),
      "tokens_per_second": JSONValue(tokensPerSecond), "num_tokens": JSONValue(tokenCount),
      "timestamp": .string(Timestamp.text(of: timestamp)), "device": .string(device),
    ]
    return evalLoss.map { row.setting("eval_loss", to: JSONValue($0)) } ?? row
  }
}
