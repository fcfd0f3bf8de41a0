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
  /// The smallest rate after the warm-up as a share of the peak, 0 to 1; not for constant.
  ///
  /// Default 0.
  public var minLRRatio = 0.0
  /// The last steps, over which warm-up-stable-decay falls; wins over `decayRatio`.
  ///
  /// Default: none.
  public var numDecaySteps: Int?
  /// The part of all steps over which warm-up-stable-decay falls, 0 to 1.
  ///
  /// Default: a tenth.
  public var decayRatio: Double?
  /// How warm-up-stable-decay falls.
  ///
  /// Default cosine.
  public var decayType: LearningRateSchedule.Decay?
  /// Decoupled weight decay; biases and normalisations do not decay.
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
  /// Whether several rows are packed into one of at most `maxLength` tokens; they cannot see each
  /// other, and every batch size then counts packed rows.
  ///
  /// Default false.
  public var packing = false
  /// What is trained: an adapter, or every weight.
  ///
  /// Default lora.
  public var finetuningType = FinetuningType.lora
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
  /// Default: all that the model's family has.
  public var targetModules = Projection.allCases
  /// Whether the scaling is alpha / sqrt(r).
  ///
  /// Default false.
  public var useRSLoRA = false
  /// The learning rate of B over that of A.
  ///
  /// Hayou et al., 2024 (arXiv 2402.12354). Default 1.
  public var loraPlusLRRatio = 1.0
  /// The probability with which an input of an adapter's A is dropped, 0 to below 1.
  ///
  /// Default 0.
  public var loraDropout = 0.0
  /// The root seed of all random streams; see ``RandomStreams``.
  ///
  /// Default 42.
  public var seed: UInt64 = 42
  /// A folder in PEFT's format to go on from; its rank, alpha and targets hold.
  ///
  /// Default: none.
  public var initialAdapter: String?
  /// When the evaluation loss is computed; always after the last step too, unless no.
  ///
  /// Default: steps where `evalSteps` is given, epoch where there are rows for it, else no.
  public var evalStrategy = EvaluationStrategy.no
  /// Steps from one evaluation to the next.
  ///
  /// Default: none.
  public var evalSteps: Int?
  /// A file of rows that are not learned, for the evaluation loss.
  ///
  /// Default: none.
  public var evalFile: String?
  /// The part of the rows that is held out for the evaluation loss, 0 to below 1; whole groups, where
  /// rows name one.
  ///
  /// Default: none.
  public var evalSplitRatio: Double?
  /// Rows of one forward pass of an evaluation.
  ///
  /// Default 8.
  public var perDeviceEvalBatchSize = 8
  /// Evaluations without improvement after which training stops.
  ///
  /// Default: none, it never stops early.
  public var earlyStoppingPatience: Int?
  /// What counts as an improvement: more than this, in nats a token.
  ///
  /// Default 0.
  public var earlyStoppingThreshold = 0.0
  /// Whether the result is what had the smallest evaluation loss, rather than the last step.
  ///
  /// Default false.
  public var loadBestModelAtEnd = false
  /// Steps from one checkpoint to the next.
  ///
  /// Default: none, no checkpoints.
  public var saveSteps: Int?
  /// Checkpoints that are kept, the newest.
  ///
  /// Default: all.
  public var saveTotalLimit: Int?
  /// Whether blocks are computed again in the backward pass, so that less is kept; the results are the
  /// same bits.
  ///
  /// Default auto: where the memory plan asks for it.
  public var gradientCheckpointing = GradientCheckpointing.auto
  /// The memory that the plan may fill, in GB of 1e9 bytes; a plan that does not fit is an error.
  ///
  /// Default: none, four fifths of the machine's memory decide for auto.
  public var maxMemoryGB: Double?
  /// The chat template that rows of messages are written with.
  ///
  /// Default: the model's own.
  public var chatTemplate: String?

  /// The defaults for a model.
  public init(model: String) {
    self.model = model
  }

  /// The part of the steps that warm-up-stable-decay falls over where nothing is said.
  static let defaultDecayRatio = 0.1

  /// The adapter's sizes.
  public func lora() throws(ModelError) -> LoRAConfiguration {
    try LoRAConfiguration(
      r: loraR,
      alpha: loraAlpha,
      targets: targetModules,
      usesRankStabilisedScaling: useRSLoRA,
      dropout: loraDropout
    )
  }
}

/// What a training changes.
public enum FinetuningType: String, Sendable, Hashable, CaseIterable {
  /// A low-rank adapter; the weights stay.
  case lora
  /// Every weight.
  case full
}

/// When the evaluation loss is computed.
public enum EvaluationStrategy: String, Sendable, Hashable, CaseIterable {
  /// Never.
  case no
  /// Every so many steps.
  case steps
  /// After each pass over the rows.
  case epoch
}

/// Whether blocks are computed again in the backward pass.
public enum GradientCheckpointing: Sendable, Hashable {
  /// Always.
  case on
  /// Never.
  case off
  /// Where the memory plan asks for it.
  case auto
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
