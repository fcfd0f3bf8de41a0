import Files
public import Foundation
import Foundations

/// Writes an opened model, or one of its likeness with other weights, as a new file or folder.
///
/// Memory stays small: weights are decoded, changed and written piece by piece. A file or folder
/// appears whole or not at all.
public struct ModelExporter: Sendable {
  /// The model whose settings, tokenizer and chat template are written.
  public let model: ModelSource
  /// The weights that are written, under Hugging Face's names.
  public let tensors: any TensorSource

  /// An exporter of `model`; `tensors` take the place of its weights, for one that was trained.
  public init(_ model: ModelSource, tensors: (any TensorSource)? = nil) {
    self.model = model
    self.tensors = tensors ?? model.tensors
  }

  /// The names of the tensors that belong into a new file.
  ///
  /// A tied output layer is the embedding, and tables of rotary angles are no weights.
  var writtenNames: [String] {
    tensors.names.filter { name in
      !name.hasSuffix(".rotary_emb.inv_freq")
        && !(model.configuration.tiedEmbeddings && name == "lm_head.weight")
    }
  }

  func shape(of name: String) throws(FormatError) -> [Int] {
    guard let shape = tensors.shape(of: name) else {
      throw .missingTensor(path: tensors.path, name: name)
    }
    return shape
  }
}

// MARK: GGUF

extension ModelExporter {
  /// Writes a GGUF file with tokenizer and chat template; `name` is the model's name in it.
  ///
  /// Vectors and GPT-2's positions stay float32; with `q8_0` a matrix whose rows are no multiple
  /// of 32 becomes float16. Both as llama.cpp's own conversion does it.
  public func writeGGUF(
    to url: URL,
    type: ExportType,
    name: String
  ) throws(FormatError) {
    let tensors = try ggufTensors(type)
    let metadata = try ggufMetadata(type, name)
    try GGUFWriter.write(metadata, tensors, from: self.tensors, to: url)
  }

  private func ggufTensors(_ type: ExportType) throws(FormatError) -> [WrittenTensor] {
    let configuration = model.configuration
    var written: [WrittenTensor] = []
    for source in writtenNames {
      guard let name = GGUFNames.ggufName(of: source, configuration.family) else {
        throw .unsupported(
          path: tensors.path,
          what: "tensor \(source) in a GGUF file",
          supported: ["the tensors of \(configuration.family)"]
        )
      }
      var shape = try shape(of: source)
      let change = try change(of: source)
      if change == .transposed { shape.reverse() }
      written.append(
        WrittenTensor(
          name: name,
          sourceName: source,
          shape: shape,
          type: Self.storedType(type.elementType, name, shape),
          change: change
        )
      )
    }
    return written
  }

  private func change(of name: String) throws(FormatError) -> WrittenTensor.Change {
    let configuration = model.configuration
    if GGUFNames.isPlusOne(name, configuration.family) { return .plusOne }
    if GGUFNames.isTransposed(name, configuration.family) { return .transposed }
    guard configuration.family == .llama,
      name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj.")
    else { return .none }
    guard name.hasSuffix(".weight") else {
      throw .unsupported(
        path: tensors.path,
        what: "tensor \(name) in a GGUF file",
        supported: ["no bias of q and k"]
      )
    }
    return .headOrder(HeadOrder(headSize: configuration.headSize))
  }

  private static func storedType(
    _ wanted: ElementType,
    _ name: String,
    _ shape: [Int]
  ) -> ElementType {
    if shape.count < 2 || name == "position_embd.weight" { return .float32 }
    let fills = (shape.last ?? 1).isMultiple(of: wanted.valuesPerBlock)
    return fills ? wanted : .float16
  }

  private func ggufMetadata(
    _ type: ExportType,
    _ name: String
  ) throws(FormatError) -> GGUFMetadata {
    var metadata = GGUFMetadata()
    metadata.set(
      "general.architecture",
      to: .text(model.configuration.family.ggufArchitecture)
    )
    metadata.set("general.name", to: .text(name))
    let fileTypes: [ExportType: Int] = [.float32: 0, .float16: 1, .q8x0: 7]
    metadata.set("general.file_type", to: fileTypes[type].map { .count($0) })
    metadata.set("general.quantization_version", to: .count(2))
    model.generation.write(to: &metadata)
    try model.configuration.write(to: &metadata, path: model.url.path)
    if let gguf = model.gguf {
      for key in gguf.metadata.keys where key.hasPrefix("tokenizer.") || key == "general.license" {
        metadata.set(key, to: gguf.metadata[key])
      }
    } else {
      try writeVocabulary(to: &metadata)
    }
    return metadata
  }

  private func writeVocabulary(to metadata: inout GGUFMetadata) throws(FormatError) {
    guard case .huggingFace(let document, let settings) = try model.vocabulary() else { return }
    let configuration = model.configuration
    let vocabulary = try GGUFVocabulary(
      document,
      size: configuration.vocabularySize,
      path: model.url.appending(path: "tokenizer.json").path
    )
    vocabulary.write(to: &metadata)
    func named(_ key: String) -> Int? {
      (settings?[key]?.string ?? settings?[key]?["content"]?.string).flatMap(vocabulary.id)
    }
    func set(_ key: String, _ id: Int?) {
      metadata.set("tokenizer.ggml.\(key)_token_id", to: id.map { .count($0) })
    }
    set("bos", configuration.bosTokenID ?? named("bos_token"))
    set("unknown", named("unk_token"))
    set("padding", configuration.paddingTokenID ?? named("pad_token"))
    // The tokenizer's own end comes first; the others are further ends of a turn or message.
    var ends = [named("eos_token")].compactMap { $0 }
    ends += configuration.eosTokenIDs.filter { !ends.contains($0) }
    guard ends.count <= 3 else {
      throw .unsupported(
        path: model.url.path,
        what: "a GGUF file with \(ends.count) end tokens",
        supported: ["up to 3"]
      )
    }
    for (key, id) in zip(["eos", "eot", "eom"], ends) { set(key, id) }
    let starts = settings?["add_bos_token"]?.bool ?? Self.addsStart(document["post_processor"])
    metadata.set("tokenizer.ggml.add_bos_token", to: .bool(starts))
    metadata.set(
      "tokenizer.ggml.add_eos_token",
      to: .bool(settings?["add_eos_token"]?.bool ?? false)
    )
    metadata.set("tokenizer.chat_template", to: model.chatTemplate.map { .text($0) })
  }

  /// Whether a post-processor puts a token before every text.
  private static func addsStart(_ step: JSONValue?) -> Bool {
    guard let step else { return false }
    if let steps = step["processors"]?.array { return steps.contains(where: addsStart) }
    return step["single"]?[0]?["SpecialToken"] != nil
  }
}
