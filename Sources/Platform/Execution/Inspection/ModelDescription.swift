import Foundation
public import Foundations
import ModelFormats
import Rendering
import Tokenization

extension ModelText {
  /// What the model's file says about it, the field order fixed.
  public var description: JSONValue {
    let configuration = source.configuration
    let types = Set(source.tensors.names.compactMap { source.tensors.elementType(of: $0) })
    return [
      "name": .string(name), "path": .string(source.url.path),
      "format": .string(source.format.rawValue),
      "family": .string(configuration.family.rawValue),
      "parameters": JSONValue(parameterCount),
      "stored_as": .array(types.map { "\($0)" }.sorted().map { .string($0) }),
      "hidden_size": JSONValue(configuration.hiddenSize),
      "intermediate_size": JSONValue(configuration.intermediateSize),
      "num_hidden_layers": JSONValue(configuration.layers),
      "num_attention_heads": JSONValue(configuration.heads),
      "num_key_value_heads": JSONValue(configuration.kvHeads),
      "head_dim": JSONValue(configuration.headSize),
      "vocab_size": JSONValue(configuration.vocabularySize),
      "max_position_embeddings": JSONValue(configuration.contextLength),
      "rope_theta": JSONValue(configuration.ropeTheta),
      "rms_norm_eps": JSONValue(shortest: configuration.normEpsilon),
      "tie_word_embeddings": JSONValue(configuration.tiedEmbeddings),
      "chat_template": JSONValue(optional: (try? chatTemplate())?.rawValue),
      "bos_token_id": tokenizer.bosID.map { JSONValue($0) } ?? .null,
      "eos_token_ids": .array(endTokens.sorted().map { JSONValue($0) }),
    ]
  }

  private var parameterCount: Int {
    source.tensors.names.reduce(0) { sum, name in
      sum + (source.tensors.shape(of: name) ?? []).reduce(1, *)
    }
  }
}
