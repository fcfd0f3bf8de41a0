internal import Foundation

/// The learning rate of each step.
///
/// Warm-up rises linearly from 0: step k of w gets `peak * k / w`. After it: constant, linear down to
/// 0, or half a cosine down to 0, over the remaining steps; the first step is number 0. These are the
/// formulas of the Hugging Face library's `get_*_schedule_with_warmup`.
public struct LearningRateSchedule: Sendable, Hashable {
  /// How the rate changes after the warm-up.
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    /// It stays.
    case constant
    /// It falls in a straight line to 0.
    case linear
    /// It falls along half a cosine to 0.
    case cosine

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  /// How the rate changes after the warm-up.
  public let shape: Shape
  /// The highest rate.
  public let peak: Double
  /// The steps that warm up.
  public let warmupSteps: Int
  /// All steps.
  public let totalSteps: Int

  /// A schedule.
  public init(shape: Shape, peak: Double, warmupSteps: Int, totalSteps: Int) {
    self.shape = shape
    self.peak = peak
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// The schedule of a configuration.
  init(_ configuration: TrainingConfiguration, totalSteps: Int) {
    let byRatio = Int((configuration.warmupRatio * Double(totalSteps)).rounded(.up))
    self.init(
      shape: configuration.lrSchedulerType,
      peak: configuration.learningRate,
      warmupSteps: configuration.warmupSteps > 0 ? configuration.warmupSteps : byRatio,
      totalSteps: totalSteps
    )
  }

  /// The rate of a step, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmupSteps { return peak * Double(step) / Double(max(1, warmupSteps)) }
    let rest = Double(max(1, totalSteps - warmupSteps))
    let progress = min(1, Double(step - warmupSteps) / rest)
    switch shape {
    case .constant: return peak
    case .linear: return peak * (1 - progress)
    case .cosine: return peak * 0.5 * (1 + Foundation.cos(.pi * progress))
    }
  }
}
