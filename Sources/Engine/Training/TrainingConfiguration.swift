public import DecoderModels

/// How a model is trained; the keys of `configs/*.yaml` under the field's usual names.
public struct TrainingConfiguration: Sendable, Hashable {
  /// The model's name in the catalogue, or the path of a file or folder.
  public var model: String
  /// The peak learning rate, above 0.
  ///
  /// Default 2e-5.
  public var learningRate = 2e-5
  /// Passes over the rows; ignored when `maxSteps` is given.
  ///
  /// Default 1.
  public var numTrainEpochs = 1.0
  /// Optimiser steps; wins over `numTrainEpochs`.
  ///
  /// Default: none.
  public var maxSteps: Int?
  /// Rows of one forward pass.
  ///
  /// Default 8.
  public var perDeviceTrainBatchSize = 8
  /// Forward passes a step; the step's loss is the mean over all its supervised tokens.
  ///
  /// Default 1.
  public var gradientAccumulationSteps = 1
  /// How the learning rate changes.
  ///
  /// Default linear.
  public var lrSchedulerType = LearningRateSchedule.Shape.linear
  /// The part of all steps that warms up, 0 to 1.
  ///
  /// Default 0.
  public var warmupRatio = 0.0
  /// Steps that warm up; wins over `warmupRatio` when above 0.
  ///
  /// Default 0.
  public var warmupSteps = 0
  /// Decoupled weight decay.
  ///
  /// Default 0.
  public var weightDecay = 0.0
  /// The gradient's largest norm; 0 for no clipping.
  ///
  /// Default 1.
  public var maxGradNorm = 1.0
  /// The most tokens of a row.
  ///
  /// Default 1024; a longer row is an error unless `truncation` is true.
  public var maxLength = 1024
  /// Whether rows that are too long are cut at the end; always reported.
  ///
  /// Default false.
  public var truncation = false
  /// The adapter's rank.
  ///
  /// Default 16.
  public var loraR = 16
  /// What the adapter's scaling is made of.
  ///
  /// Default 32.
  public var loraAlpha = 32.0
  /// The adapted projections.
  ///
  /// Default: all seven.
  public var targetModules = Projection.allCases
  /// Whether the scaling is alpha / sqrt(r).
  ///
  /// Default false.
  public var useRSLoRA = false
  /// The root seed of the streams `lora_init` and `shuffle`.
  ///
  /// Default 42.
  public var seed: UInt64 = 42
  /// A folder in PEFT's format to go on from; its rank, alpha and targets hold.
  ///
  /// Default: none.
  public var initialAdapter: String?

  /// The defaults for a model.
  public init(model: String) {
    self.model = model
  }

  /// The adapter's sizes.
  public func lora() throws(ModelError) -> LoRAConfiguration {
    try LoRAConfiguration(
      r: loraR,
      alpha: loraAlpha,
      targets: targetModules,
      usesRankStabilisedScaling: useRSLoRA
    )
  }
}

/// A setting that cannot be used.
public struct SettingError: Error, Sendable, CustomStringConvertible {
  /// The key, as it was written.
  public let key: String
  /// What was wrong with it and what to do.
  public let reason: String

  /// An error about one key.
  public init(key: String, reason: String) {
    self.key = key
    self.reason = reason
  }

  /// The key and what was wrong.
  public var description: String { "\(key): \(reason)" }
}
