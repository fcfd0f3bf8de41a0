import Files
public import Foundation
public import Foundations

/// What a model's tokenizer is made from.
public enum VocabularySource: Sendable {
  /// The metadata of a GGUF file.
  case gguf(GGUFMetadata)
  /// `tokenizer.json`, and `tokenizer_config.json` where there is one.
  case huggingFace(tokenizer: JSONValue, settings: JSONValue?)
}

/// An opened model: its settings, its tensors under Hugging Face's names, its vocabulary.
///
/// Tensors of every source have Hugging Face's names (`model.layers.0.self_attn.q_proj.weight`) and
/// order: whoever builds a model needs not know where it came from. Opening maps the files and
/// reads headers; weights are decoded when asked for.
public struct ModelSource: Sendable {
  /// The kinds of model files.
  public enum Format: String, Sendable {
    /// One GGUF file.
    case gguf
    /// A folder in Hugging Face's form.
    case huggingFace = "hugging-face"
  }

  /// The file or folder.
  public let url: URL
  /// What kind of file it is.
  public let format: Format
  /// The model's shape and constants.
  public let configuration: DecoderConfiguration
  /// The weights.
  public let tensors: any TensorSource
  /// The text of the chat template, where the model has one.
  public let chatTemplate: String?
  /// How the model's makers suggest to generate with it.
  public let generation: GenerationDefaults
  let gguf: GGUFFile?

  /// Opens a `.gguf` file or a Hugging Face folder.
  public static func open(_ url: URL) throws(FormatError) -> ModelSource {
    switch FileKind(at: url) {
    case .missing: throw .file(.missing(path: url.path))
    case .folder: return try ModelSource(folder: url)
    case .file: break
    }
    if url.pathExtension == "safetensors" {
      throw .notAModel(
        path: url.path,
        reason: "name the folder that holds it together with config.json"
      )
    }
    return try ModelSource(gguf: url)
  }

  private init(gguf url: URL) throws(FormatError) {
    let file = try GGUFFile(mapping: url)
    let configuration = try DecoderConfiguration(gguf: file)
    self.url = url
    format = .gguf
    self.configuration = configuration
    tensors = try GGUFModelTensors(file, configuration)
    chatTemplate = file.metadata.text("tokenizer.chat_template")
    generation = try GenerationDefaults(gguf: file, configuration)
    gguf = file
  }

  private init(folder: URL) throws(FormatError) {
    let place = folder.appending(path: "config.json")
    guard let document = try JSONDocument.readIfPresent(place) else {
      throw .notAModel(path: folder.path, reason: "there is no config.json in it")
    }
    var configuration = try DecoderConfiguration(huggingFace: document, path: place.path)
    var generation = GenerationDefaults()
    let suggestions = folder.appending(path: "generation_config.json")
    if let document = try JSONDocument.readIfPresent(suggestions) {
      generation = try GenerationDefaults(huggingFace: document, path: suggestions.path)
      let ends = generation.eosTokenIDs
      configuration.eosTokenIDs += ends.filter { !configuration.eosTokenIDs.contains($0) }
    }
    self.generation = generation
    url = folder
    format = .huggingFace
    self.configuration = configuration
    tensors = try HuggingFaceTensors(folder: folder, configuration.family)
    chatTemplate = try Self.chatTemplate(in: folder)
    gguf = nil
  }

  /// Reads what the tokenizer is made from.
  public func vocabulary() throws(FormatError) -> VocabularySource {
    if let gguf { return .gguf(gguf.metadata) }
    return .huggingFace(
      tokenizer: try JSONDocument.read(url.appending(path: "tokenizer.json")),
      settings: try JSONDocument.readIfPresent(url.appending(path: "tokenizer_config.json"))
    )
  }

  /// `chat_template.jinja`, else the template of `tokenizer_config.json`.
  private static func chatTemplate(in folder: URL) throws(FormatError) -> String? {
    let file = folder.appending(path: "chat_template.jinja")
    if FileManager.default.fileExists(atPath: file.path) {
      guard let text = try? String(contentsOf: file, encoding: .utf8) else {
        throw .file(.unreadable(path: file.path, reason: "it is not a UTF-8 text"))
      }
      return text
    }
    let settings = folder.appending(path: "tokenizer_config.json")
    let template = try JSONDocument.readIfPresent(settings)?["chat_template"]
    let named = template?.array?.first { $0["name"]?.string == "default" }
    return template?.string ?? named?["template"]?.string
  }
}
