internal import Foundation

/// The learning rate of each step.
///
/// Warm-up rises linearly from 0: step k of w gets `peak * k / w`; the first step is number 0. After
/// it the rate is `peak * (m + (1 - m) f)`, where m is the smallest rate as a share of the peak and f
/// falls from 1 to 0 over the decay: all remaining steps for linear and cosine, the last steps for
/// warm-up-stable-decay, which stays at the peak until then (and whose warm-up rises from m).
/// These are the formulas of the Hugging Face library's `get_*_schedule*`.
public struct LearningRateSchedule: Sendable, Hashable {
  /// How the rate changes after the warm-up.
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    /// It stays.
    case constant
    /// It falls in a straight line.
    case linear
    /// It falls along half a cosine.
    case cosine
    /// It stays, and falls over the last steps.
    ///
    /// Hu et al., 2024 (arXiv 2404.06395).
    case warmupStableDecay = "warmup_stable_decay"

    /// Other names that people type for a shape.
    static let aliases: [String: Shape] = [
      "constant_with_warmup": .constant, "cosine_with_min_lr": .cosine, "wsd": .warmupStableDecay,
    ]

    static var names: String {
      (allCases.map(\.rawValue) + aliases.keys.sorted()).joined(separator: ", ")
    }

    /// The shape of a name or of another spelling of it.
    init?(named name: String) {
      guard let shape = Shape(rawValue: name) ?? Self.aliases[name] else { return nil }
      self = shape
    }
  }

  /// How the last steps of warm-up-stable-decay fall.
  public enum Decay: String, Sendable, Hashable, CaseIterable {
    /// Along half a cosine.
    case cosine
    /// In a straight line.
    case linear
    /// As `1 - sqrt(progress)`.
    ///
    /// Hägele et al., 2024 (arXiv 2405.18392).
    case root = "1-sqrt"

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The part of the fall that is left, from 1 to 0, at a progress of 0 to 1.
    func rest(at progress: Double) -> Double {
      switch self {
      case .cosine: 0.5 * (1 + Foundation.cos(.pi * progress))
      case .linear: 1 - progress
      case .root: 1 - progress.squareRoot()
      }
    }
  }

  /// How the rate changes after the warm-up.
  public let shape: Shape
  /// The highest rate.
  public let peak: Double
  /// The steps that warm up.
  public let warmupSteps: Int
  /// All steps.
  public let totalSteps: Int
  /// The smallest rate after the warm-up, as a share of the peak.
  public var leastRatio = 0.0
  /// The steps of warm-up-stable-decay that fall.
  public var decaySteps = 0
  /// How they fall.
  public var decay = Decay.cosine

  /// A schedule.
  public init(shape: Shape, peak: Double, warmupSteps: Int, totalSteps: Int) {
    self.shape = shape
    self.peak = peak
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// The schedule of a configuration; throws when warm-up and decay are longer than the run.
  init(_ configuration: TrainingConfiguration, totalSteps: Int) throws(SettingError) {
    func steps(_ ratio: Double) -> Int { Int((ratio * Double(totalSteps)).rounded(.up)) }
    self.init(
      shape: configuration.lrSchedulerType,
      peak: configuration.learningRate,
      warmupSteps: configuration.warmupSteps > 0
        ? configuration.warmupSteps : steps(configuration.warmupRatio),
      totalSteps: totalSteps
    )
    leastRatio = configuration.minLRRatio
    guard shape == .warmupStableDecay else { return }
    decay = configuration.decayType ?? decay
    decaySteps =
      configuration.numDecaySteps
      ?? steps(configuration.decayRatio ?? TrainingConfiguration.defaultDecayRatio)
    guard warmupSteps + decaySteps <= totalSteps else {
      throw SettingError(
        key: "num_decay_steps",
        reason: "\(warmupSteps) steps of warm-up and \(decaySteps) of decay are more than the "
          + "\(totalSteps) steps of the run; lower warmup_steps, num_decay_steps or decay_ratio"
      )
    }
  }

  /// The rate of a step, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmupSteps {
      let risen = Double(step) / Double(max(1, warmupSteps))
      return peak * (shape == .warmupStableDecay ? raised(risen) : risen)
    }
    let decayed = shape == .warmupStableDecay ? decaySteps : totalSteps - warmupSteps
    let begin = shape == .warmupStableDecay ? totalSteps - decaySteps : warmupSteps
    let progress = min(1, max(0, Double(step - begin) / Double(max(1, decayed))))
    return switch shape {
    case .constant: peak
    case .linear: peak * raised(1 - progress)
    case .cosine: peak * raised(Decay.cosine.rest(at: progress))
    case .warmupStableDecay: peak * raised(decay.rest(at: progress))
    }
  }

  /// A share of 0 to 1 as one of the smallest rate to 1.
  private func raised(_ share: Double) -> Double { leastRatio + (1 - leastRatio) * share }
}
