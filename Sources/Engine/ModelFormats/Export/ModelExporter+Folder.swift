import Files
public import Foundation
import Foundations

extension ModelExporter {
  /// The size in bytes from which on weights are split over several files: the field's habit.
  public static let usualShardLimitBytes = 5_000_000_000

  /// What is taken over as it is from a folder; the rest is written anew.
  private static let tokenizerFiles = [
    "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json",
    "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model",
  ]

  /// Writes a Hugging Face folder: settings, weights as float32 or float16, tokenizer.
  ///
  /// Nothing may be at `url`. Weights of more than `shardLimitBytes` are split over several files
  /// with an index; a single tensor is never split.
  public func writeFolder(
    to url: URL,
    type: ExportType,
    shardLimitBytes: Int = ModelExporter.usualShardLimitBytes
  ) throws(FormatError) {
    guard type != .q8x0 else {
      throw .unsupported(
        path: url.path,
        what: "a Hugging Face folder of type \(type)",
        supported: [ExportType.float32.rawValue, ExportType.float16.rawValue]
      )
    }
    do {
      try AtomicFolder.writing(to: url) { folder in
        try writeWeights(to: folder, type.elementType, shardLimitBytes)
        try writeSettings(to: folder, type)
        try writeTokenizer(to: folder)
      }
    } catch {
      throw FormatError(error, writing: url)
    }
  }

  private func writeWeights(to folder: URL, _ type: ElementType, _ limit: Int) throws {
    let shards = try shards(type, limit)
    guard shards.count > 1 else {
      return try SafetensorsWriter.write(
        shards.first ?? [],
        from: tensors,
        to: folder.appending(path: "model.safetensors")
      )
    }
    var map: [JSONValue.Member] = []
    for (number, shard) in shards.enumerated() {
      let file = "model-\(Self.padded(number + 1))-of-\(Self.padded(shards.count)).safetensors"
      try SafetensorsWriter.write(shard, from: tensors, to: folder.appending(path: file))
      map += shard.map { JSONValue.Member(key: $0.name, value: .string(file)) }
    }
    let total = shards.joined().reduce(0) { $0 + $1.byteCount }
    let index: JSONValue = [
      "metadata": ["total_size": JSONValue(total)],
      "weight_map": .object(map.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }),
    ]
    try write(index, to: folder.appending(path: "model.safetensors.index.json"))
  }

  /// Tensors in their order, cut where the next one would pass the limit.
  private func shards(
    _ type: ElementType,
    _ limit: Int
  ) throws(FormatError) -> [[WrittenTensor]] {
    var shards: [[WrittenTensor]] = []
    var size = limit + 1
    for name in writtenNames {
      let tensor = WrittenTensor(
        name: name,
        sourceName: name,
        shape: try shape(of: name),
        type: type
      )
      if size + tensor.byteCount > limit {
        shards.append([])
        size = 0
      }
      shards[shards.count - 1].append(tensor)
      size += tensor.byteCount
    }
    return shards
  }

  private static func padded(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }

  private func writeSettings(to folder: URL, _ type: ExportType) throws {
    let name = type == .float32 ? "float32" : "float16"
    var document = model.configuration.document(name)
    if model.gguf == nil {
      document = try JSONDocument.read(model.url.appending(path: "config.json"))
      let key = document["dtype"] == nil ? "torch_dtype" : "dtype"
      document = document.setting(key, to: .string(name))
    }
    try write(document, to: folder.appending(path: "config.json"))
    let suggestions = model.generation.document
    if model.gguf != nil {
      try write(suggestions, to: folder.appending(path: "generation_config.json"))
    } else {
      try copy(["generation_config.json"], to: folder)
    }
  }

  private func writeTokenizer(to folder: URL) throws {
    guard let gguf = model.gguf else { return try copy(Self.tokenizerFiles, to: folder) }
    let tokenizer = try TokenizerDocument(gguf.metadata, path: gguf.path)
    try write(try tokenizer.tokenizer(), to: folder.appending(path: "tokenizer.json"))
    try write(
      tokenizer.settings(contextLength: model.configuration.contextLength),
      to: folder.appending(path: "tokenizer_config.json")
    )
  }

  private func copy(_ names: [String], to folder: URL) throws {
    for name in names {
      let file = model.url.appending(path: name)
      guard FileKind(at: file) == .file else { continue }
      // Reading follows links, as a model cache makes them.
      try AtomicFile.write(
        [UInt8](try Data(contentsOf: file)),
        to: folder.appending(path: name)
      )
    }
  }

  private func write(_ document: JSONValue, to url: URL) throws {
    try AtomicFile.write(text: document.pretty + "\n", to: url)
  }
}
