/// Decides from evaluation losses whether a training still gets better.
///
/// The rule of the Hugging Face library: an evaluation is an improvement when it is below the best so
/// far by more than the threshold; after `patience` evaluations in a row without one, training stops. The
/// best loss is the smallest, whatever the threshold.
public struct EarlyStopping: Sendable, Hashable {
  /// The evaluation with the smallest loss.
  public struct Best: Sendable, Hashable {
    /// The optimiser steps that were taken before it.
    public let step: Int
    /// Its loss, in nats a token.
    public let loss: Double
  }

  /// Evaluations without improvement that are borne; nil for any number.
  public let patience: Int?
  /// What counts as an improvement: more than this, in nats a token.
  public let threshold: Double
  /// The best evaluation so far.
  public private(set) var best: Best?
  /// Evaluations in a row without improvement.
  public private(set) var waited = 0

  /// A rule that has seen nothing.
  public init(patience: Int?, threshold: Double) {
    self.patience = patience
    self.threshold = threshold
  }

  /// Whether patience is at its end.
  public var isExhausted: Bool { patience.map { waited >= $0 } ?? false }

  /// Takes an evaluation's loss in.
  public mutating func evaluated(_ loss: Double, after step: Int) {
    guard let old = best else {
      best = Best(step: step, loss: loss)
      return
    }
    waited = old.loss - loss > threshold ? 0 : waited + 1
    if loss < old.loss { best = Best(step: step, loss: loss) }
  }

  /// Goes on from what a checkpoint holds.
  mutating func restore(best: Best?, waited: Int) {
    self.best = best
    self.waited = waited
  }
}
