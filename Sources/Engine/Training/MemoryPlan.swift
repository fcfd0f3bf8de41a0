import DecoderModels
public import Foundations
internal import ModelFormats
internal import Tensors

/// An estimate, made before the first step, of the memory that a training fills, and what follows
/// from it for the activations.
///
/// All sizes are bytes. With T tokens in the longest forward pass, L blocks, width C, feed-forward size F (G = 2 F
/// values where it is gated), Q columns of fused queries, keys and values, O of attention's output,
/// H heads, rank r: a token keeps `2 C + Q + O + H + G + 7 r` float32 values a block, or C where blocks are
/// computed again, and `4 C + 2 F + Q + O + 3 r` values once. The head has V + 4 C values for each of 96
/// rows, whatever the batch. A trained parameter has itself, its gradient and two moments: 16 bytes, and
/// 4 more where the best are kept.
public struct MemoryPlan: Sendable, Hashable {
  /// The model's weights, as they are held.
  public let weightBytes: Int
  /// What the process fills beside them when it plans: the program, the vocabulary, the model's file.
  public let otherBytes: Int
  /// Trained parameters, gradients, moments, and the best copy.
  public let trainedBytes: Int
  /// Activations when every block keeps its own.
  public let keptBytes: Int
  /// Activations when blocks are computed again.
  public let recomputedBytes: Int
  /// The head's block of logits and what belongs to it.
  public let headBytes: Int
  /// The most tokens of a forward pass.
  public let longestPassTokens: Int
  /// What may be filled; nil for no limit.
  public let limitBytes: Int?
  /// Whether blocks are computed again in the backward pass.
  public let checkpointsActivations: Bool

  /// What is filled in all, as far as it was estimated.
  public var totalBytes: Int {
    weightBytes + otherBytes + trainedBytes + headBytes
      + (checkpointsActivations ? recomputedBytes : keptBytes)
  }

  /// Whether the plan stays below its limit.
  public var fits: Bool { limitBytes.map { totalBytes <= $0 } ?? true }

  init(
    _ model: any DecoderModel,
    residentBytes: Int?,
    parameterCount: Int,
    longestPass: Int,
    limitBytes: Int?,
    configuration: TrainingConfiguration
  ) {
    let sizes = Sizes(model, rank: configuration.finetuningType == .lora ? configuration.loraR : 0)
    // Weights that are trained count there.
    let isFull = configuration.finetuningType == .full
    weightBytes = isFull ? 0 : model.weightBytes
    let loadedBytes = isFull ? 4 * parameterCount : weightBytes
    otherBytes = residentBytes.map { max(0, $0 - loadedBytes) } ?? 0
    trainedBytes = parameterCount * (configuration.loadBestModelAtEnd ? 20 : 16)
    keptBytes = 4 * longestPass * (sizes.layers * sizes.keptByBlock + sizes.once)
    recomputedBytes =
      4 * longestPass * (sizes.layers * sizes.width + sizes.keptByBlock + sizes.once)
    headBytes = 4 * TrainingTape.headChunk * sizes.headRow
    longestPassTokens = longestPass
    self.limitBytes = limitBytes
    switch configuration.gradientCheckpointing {
    case .on: checkpointsActivations = true
    case .off: checkpointsActivations = false
    case .auto:
      let kept = weightBytes + otherBytes + trainedBytes + headBytes + keptBytes
      checkpointsActivations = limitBytes.map { kept > $0 } ?? false
    }
  }

  /// The plan for a run's summary.
  public var json: JSONValue {
    [
      "weight_bytes": JSONValue(weightBytes), "other_bytes": JSONValue(otherBytes),
      "trained_bytes": JSONValue(trainedBytes),
      "activation_bytes_kept": JSONValue(keptBytes),
      "activation_bytes_recomputed": JSONValue(recomputedBytes),
      "head_bytes": JSONValue(headBytes), "longest_pass_tokens": JSONValue(longestPassTokens),
      "limit_bytes": limitBytes.map { JSONValue($0) } ?? .null,
      "gradient_checkpointing": .bool(checkpointsActivations),
      "total_bytes": JSONValue(totalBytes),
    ]
  }

  /// Numbers of values.
  private struct Sizes {
    let layers: Int
    let width: Int
    let keptByBlock: Int
    let once: Int
    let headRow: Int

    init(_ model: any DecoderModel, rank: Int) {
      let c = model.configuration
      let fused = (c.heads + 2 * c.kvHeads) * c.headSize
      let output = c.heads * c.headSize
      let gate = c.family == .gpt2 ? c.intermediateSize : 2 * c.intermediateSize
      layers = c.layers
      width = c.hiddenSize
      keptByBlock = 2 * width + fused + output + c.heads + gate + 7 * rank
      once = 4 * width + 2 * c.intermediateSize + fused + output + 3 * rank
      headRow = c.vocabularySize + 4 * width
    }
  }
}
