import DecoderModels
import Foundation
import Generation
import ModelFormats
import Tensors

/// A model whose weights are in memory, with the adapter that goes with it.
struct LoadedModel: Sendable {
  let text: ModelText
  let model: any DecoderModel
  let adapter: LoRAAdapter?

  /// Loads the weights on the engine thread; `trainable` ones can be trained in full.
  init(
    _ text: ModelText,
    adapter folder: URL?,
    options: EngineOptions,
    trainable: Bool = false
  ) throws {
    try options.apply()
    self.text = text
    let configuration = text.source.configuration
    model = try DecoderModels.open(
      text.source.tensors,
      configuration: configuration,
      dataType: try options.dataType(),
      trainable: trainable
    )
    adapter = try folder.map { try AdapterFolder.read($0, model: configuration) }
  }

  /// A generator with the model's own end tokens.
  func generator(
    maxNewTokens: Int,
    batchSize: Int,
    adapter trained: LoRAAdapter? = nil
  ) throws -> GreedyGenerator {
    guard maxNewTokens > 0 else {
      throw ExecutionError.input("--max-new-tokens must be at least 1")
    }
    guard batchSize > 0 else { throw ExecutionError.input("--batch-size must be at least 1") }
    return GreedyGenerator(
      model,
      adapter: trained ?? adapter,
      settings: GreedySettings(
        maxNewTokens: maxNewTokens,
        batchSize: batchSize,
        endTokens: text.endTokens
      )
    )
  }
}
