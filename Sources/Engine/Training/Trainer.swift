public import DecoderModels
import Foundation
internal import Foundations
internal import ModelFormats
internal import Tensors

/// Trains the parameters of an adapter, or all weights, on the rows of a set.
///
/// A step adds up the gradients of its forward passes, each divided by the supervised tokens of the
/// whole step, so that accumulation equals the full batch; clips; and takes one step of AdamW.
public struct Trainer: Sendable {
  /// What is trained.
  public let trained: any TrainableParameters
  let model: any DecoderModel
  let configuration: TrainingConfiguration
  let set: TrainingSet
  let evaluation: Evaluation?
  let steps: StepPlan
  let schedule: LearningRateSchedule
  let memory: MemoryPlan

  /// Why training stopped by itself.
  public enum Failure: Error, Sendable, CustomStringConvertible {
    /// A loss or a gradient is not a number.
    case notANumber(step: Int, loss: Double, gradNorm: Double)
    /// The evaluation loss is not a number.
    case evaluationNotANumber(step: Int)

    /// What was wrong and what to do.
    public var description: String {
      switch self {
      case .notANumber(let step, let loss, let gradNorm):
        "step \(step) diverged (loss \(loss), gradient norm \(gradNorm)); nothing was saved. "
          + "Lower learning_rate or set max_grad_norm"
      case .evaluationNotANumber(let step):
        "the evaluation loss after step \(step) is not a number; lower learning_rate"
      }
    }
  }

  /// A trainer; a fresh adapter is drawn from the seed's stream `lora_init` unless one is given.
  ///
  /// `evaluationSet` has the rows of the evaluation loss. `residentBytes` is what the process fills
  /// already, its model among it, and `memoryLimit`, in bytes too, what the memory plan may fill.
  public init(
    _ model: any DecoderModel,
    set: TrainingSet,
    evaluationSet: TrainingSet? = nil,
    configuration: TrainingConfiguration,
    initialAdapter: LoRAAdapter? = nil,
    residentBytes: Int? = nil,
    memoryLimit: Int? = nil
  ) throws {
    self.model = model
    self.set = set
    self.configuration = configuration
    trained = try Self.trained(model, configuration, initialAdapter)
    steps = StepPlan(units: Self.units(set, configuration), configuration: configuration)
    evaluation = Evaluation(evaluationSet, configuration, stepsPerEpoch: steps.stepsPerEpoch)
    let perEpoch = Double(steps.stepsPerEpoch)
    schedule = try LearningRateSchedule(
      configuration,
      totalSteps: configuration.maxSteps
        ?? max(1, Int((configuration.numTrainEpochs * perEpoch).rounded(.up)))
    )
    let longest = steps.longestPass(set.rows.map(\.ids.count))
    memory = MemoryPlan(
      model,
      residentBytes: residentBytes,
      parameterCount: trained.parameters.count,
      longestPass: max(longest, evaluation?.longestPass ?? 0),
      limitBytes: memoryLimit,
      configuration: configuration
    )
    try checkMemory()
  }

  /// What a run is going to do.
  public var plan: TrainingPlan { plan(from: 0) }

  /// The trained adapter; nil where all weights are trained.
  public var adapter: LoRAAdapter? { trained as? LoRAAdapter }

  var totalSteps: Int { schedule.totalSteps }

  func plan(from firstStep: Int) -> TrainingPlan {
    TrainingPlan(
      rows: set.rows.count,
      tokens: set.tokenCount,
      supervisedTokens: set.supervisedCount,
      steps: totalSteps,
      firstStep: firstStep,
      rowsPerStep: steps.unitsPerStep,
      trainableParameters: trained.parameters.count,
      truncatedRows: set.truncatedCount,
      warmupSteps: schedule.warmupSteps,
      packing: packing,
      evaluationRows: evaluation?.set.rows.count ?? 0,
      memory: memory
    )
  }

  private var packing: TrainingPlan.Packing? {
    guard configuration.packing else { return nil }
    let packer = RowPacker(capacity: configuration.maxLength)
    return TrainingPlan.Packing(
      bins: steps.units.count,
      capacity: packer.capacity,
      efficiency: packer.efficiency(set.rows.map(\.ids.count), bins: steps.units.count)
    )
  }

  private static func units(
    _ set: TrainingSet,
    _ configuration: TrainingConfiguration
  ) -> [[Int]] {
    guard configuration.packing else { return set.rows.indices.map { [$0] } }
    return RowPacker(capacity: configuration.maxLength).bins(set.rows.map(\.ids.count))
  }

  private static func trained(
    _ model: any DecoderModel,
    _ configuration: TrainingConfiguration,
    _ initialAdapter: LoRAAdapter?
  ) throws -> any TrainableParameters {
    if configuration.finetuningType == .full {
      guard let parameters = model.fullParameters else {
        throw ModelError.unsupportedModel("it was not opened to be trained in full")
      }
      return parameters
    }
    if let initialAdapter { return initialAdapter.withDropout(configuration.loraDropout) }
    var stream = RandomStreams(seed: configuration.seed).loraInit
    return try LoRAAdapter(
      try configuration.lora(),
      model: model.configuration,
      random: &stream
    )
  }

  /// A limit that somebody has set must hold; the machine's own only decides about recomputing.
  private func checkMemory() throws(SettingError) {
    guard let limit = configuration.maxMemoryGB, !memory.fits else { return }
    func gigabytes(_ bytes: Int) -> String { String(format: "%.2f", Double(bytes) / 1e9) }
    throw SettingError(
      key: "max_memory_gb",
      reason: "is \(limit), and the plan needs \(gigabytes(memory.totalBytes)) GB: weights "
        + "\(gigabytes(memory.weightBytes)), the program and its files "
        + "\(gigabytes(memory.otherBytes)), trained parameters \(gigabytes(memory.trainedBytes)), "
        + "activations of \(memory.longestPassTokens) tokens "
        + "\(gigabytes(memory.checkpointsActivations ? memory.recomputedBytes : memory.keptBytes)), "
        + "head \(gigabytes(memory.headBytes)); lower per_device_train_batch_size (and raise "
        + "gradient_accumulation_steps, which changes no result)"
    )
  }
}
