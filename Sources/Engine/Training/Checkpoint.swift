import Foundation
import Foundations
public import Tensors

/// Everything that a training needs to go on after a step as if it had never stopped.
///
/// Order and masks are drawn from streams that are named for epoch and step (``RandomStreams``), so the
/// number of steps is all that has to be known of them.
public struct Checkpoint: Sendable {
  /// The numbers.
  public let state: CheckpointState
  /// The parameters after the step.
  public let parameters: FloatStorage
  /// The optimiser's mean of gradients.
  public let firstMoment: FloatStorage
  /// The optimiser's mean of squared gradients.
  public let secondMoment: FloatStorage
  /// The parameters of the best evaluation, where they are kept and are not those of this step.
  public let best: FloatStorage?
}

/// The numbers of a checkpoint.
public struct CheckpointState: Sendable, Hashable {
  /// Every step so far, in order.
  public let history: [StepMetrics]
  /// The smallest evaluation loss so far.
  public let best: EarlyStopping.Best?
  /// Evaluations in a row without improvement.
  public let waited: Int
  /// The epoch that the next step belongs to, from 0.
  public let epoch: Int

  /// Steps taken.
  public var step: Int { history.count }

  init(history: [StepMetrics], best: EarlyStopping.Best?, waited: Int, epoch: Int) {
    self.history = history
    self.best = best
    self.waited = waited
    self.epoch = epoch
  }

  /// The state as members of `state.json`.
  var json: JSONValue {
    [
      "step": JSONValue(step), "epoch": JSONValue(epoch),
      "next_streams": [
        .string("shuffle/epoch-\(epoch)"), .string("dropout/step-\(step)/pass-0"),
      ],
      "best": best.map { ["step": JSONValue($0.step), "eval_loss": JSONValue($0.loss)] } ?? .null,
      "evaluations_without_improvement": JSONValue(waited),
      "history": .array(history.map(\.json)),
    ]
  }

  init?(json: JSONValue) {
    guard let list = json["history"]?.array,
      let waited = json["evaluations_without_improvement"]?.int,
      let epoch = json["epoch"]?.int
    else { return nil }
    let history = list.compactMap(StepMetrics.init(json:))
    guard history.count == list.count, json["step"]?.int == history.count else { return nil }
    var best: EarlyStopping.Best?
    if let value = json["best"], value != .null {
      guard let step = value["step"]?.int, let loss = value["eval_loss"]?.double else { return nil }
      best = EarlyStopping.Best(step: step, loss: loss)
    }
    self.init(history: history, best: best, waited: waited, epoch: epoch)
  }
}

extension StepMetrics {
  fileprivate var json: JSONValue {
    [
      "step": JSONValue(step), "epoch": JSONValue(epoch), "loss": JSONValue(loss),
      "learning_rate": JSONValue(learningRate), "grad_norm": JSONValue(gradNorm),
      "tokens": JSONValue(tokens), "num_tokens": JSONValue(numTokens),
      "seconds": JSONValue(seconds), "ended_at": JSONValue(endedAt.timeIntervalSince1970),
      "eval_loss": evalLoss.map { JSONValue($0) } ?? .null,
    ]
  }

  fileprivate init?(json: JSONValue) {
    func number(_ key: String) -> Double? { json[key]?.double }
    guard let step = json["step"]?.int, let epoch = number("epoch"), let loss = number("loss"),
      let rate = number("learning_rate"), let norm = number("grad_norm"),
      let tokens = json["tokens"]?.int, let all = json["num_tokens"]?.int,
      let seconds = number("seconds"), let ended = number("ended_at")
    else { return nil }
    self.init(
      step: step,
      epoch: epoch,
      loss: loss,
      learningRate: rate,
      gradNorm: norm,
      tokens: tokens,
      numTokens: all,
      seconds: seconds,
      endedAt: Date(timeIntervalSince1970: ended),
      evalLoss: number("eval_loss")
    )
  }
}
