import Foundation
import Foundations

/// The tensors of a Hugging Face folder: one safetensors file, or several with an index.
///
/// GPT-2 checkpoints may leave out the prefix `transformer.`; here it is always there, and their
/// buffers of attention masks are left out.
struct HuggingFaceTensors: TensorSource {
  let path: String
  let names: [String]
  private let shards: [SafetensorsFile]
  private let places: [String: (shard: Int, storedName: String)]

  init(folder: URL, _ family: DecoderFamily) throws(FormatError) {
    path = folder.path
    shards = try Self.shards(of: folder)
    var names: [String] = []
    var places: [String: (shard: Int, storedName: String)] = [:]
    for (number, shard) in shards.enumerated() {
      for stored in shard.names {
        guard let name = Self.name(of: stored, family) else { continue }
        guard places.updateValue((number, stored), forKey: name) == nil else {
          throw .notAModel(path: shard.path, reason: "tensor \(name) is in two files")
        }
        names.append(name)
      }
    }
    self.names = names
    self.places = places
  }

  func shape(of name: String) -> [Int]? {
    places[name].flatMap { shards[$0.shard].shape(of: $0.storedName) }
  }

  func elementType(of name: String) -> ElementType? {
    places[name].flatMap { shards[$0.shard].elementType(of: $0.storedName) }
  }

  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard let place = places[name] else { throw .missingTensor(path: path, name: name) }
    try shards[place.shard].decodeRows(of: place.storedName, rows, into: &destination)
  }

  func blockType(of name: String) -> ElementType? {
    places[name].flatMap { shards[$0.shard].blockType(of: $0.storedName) }
  }

  func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    guard let place = places[name] else { throw .missingTensor(path: path, name: name) }
    try shards[place.shard].copyBlocks(of: place.storedName, rows, into: &destination)
  }

  private static func name(of stored: String, _ family: DecoderFamily) -> String? {
    guard family == .gpt2 else { return stored }
    if stored.hasSuffix(".attn.bias") || stored.hasSuffix(".attn.masked_bias") { return nil }
    let isComplete = stored.hasPrefix("transformer.") || stored.hasPrefix("lm_head.")
    return isComplete ? stored : "transformer." + stored
  }

  private static func shards(of folder: URL) throws(FormatError) -> [SafetensorsFile] {
    let index = folder.appending(path: "model.safetensors.index.json")
    guard FileManager.default.fileExists(atPath: index.path) else {
      let single = folder.appending(path: "model.safetensors")
      let pickled = folder.appending(path: "pytorch_model.bin")
      if !FileManager.default.fileExists(atPath: single.path),
        FileManager.default.fileExists(atPath: pickled.path)
      {
        throw .unsupported(
          path: folder.path,
          what: "pytorch_model.bin",
          supported: ["model.safetensors"]
        )
      }
      return [try SafetensorsFile(mapping: single)]
    }
    var shards: [SafetensorsFile] = []
    for name in try shardNames(index) {
      shards.append(try SafetensorsFile(mapping: folder.appending(path: name)))
    }
    return shards
  }

  private static func shardNames(_ index: URL) throws(FormatError) -> [String] {
    guard let map = try JSONDocument.read(index)["weight_map"]?.object, !map.isEmpty else {
      throw .invalidSetting(
        path: index.path,
        key: "weight_map",
        expected: "an object",
        found: "none"
      )
    }
    var names: Set<String> = []
    for member in map {
      guard let name = member.value.string, name.hasSuffix(".safetensors"), !name.contains("/")
      else {
        throw .invalidSetting(
          path: index.path,
          key: "weight_map.\(member.key)",
          expected: "the name of a safetensors file beside the index",
          found: String(member.value.compact.prefix(60))
        )
      }
      names.insert(name)
    }
    return names.sorted()
  }
}

/// Reads a JSON file beside a model.
enum JSONDocument {
  /// The document; a file that is missing, unreadable or no JSON throws.
  static func read(_ url: URL) throws(FormatError) -> JSONValue {
    let file = try MappedFile(url)
    let bytes = file.withBytes(0..<file.count) { span in
      [UInt8](capacity: span.count) { output in
        for i in 0..<span.count { output.append(span[i]) }
      }
    }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .notAModel(path: url.path, reason: error.description)
    }
  }

  /// The document, or nil if there is no such file.
  static func readIfPresent(_ url: URL) throws(FormatError) -> JSONValue? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try read(url)
  }
}
