import DecoderModels
import Experiments
import Foundation
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
    _ settings: GenerationSettings,
    seed: UInt64,
    adapter trained: LoRAAdapter? = nil
  ) throws -> AnswerGenerator {
    try AnswerGenerator(self, settings: settings, seed: seed, adapter: trained ?? adapter)
  }
}
