internal import Files
public import Foundation
internal import Foundations
public import ModelFormats
internal import Tensors

/// An adapter on disk as PEFT keeps it: `adapter_config.json` and `adapter_model.safetensors`.
public enum AdapterFolder {
  /// The settings' file name.
  public static let configurationName = "adapter_config.json"
  /// The parameters' file name.
  public static let parametersName = "adapter_model.safetensors"

  /// Reads an adapter for a model of the given sizes.
  public static func read(_ folder: URL, model: DecoderConfiguration) throws -> LoRAAdapter {
    let place = folder.appending(path: configurationName)
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: place))
    } catch {
      throw ModelError.unsupportedAdapter(
        path: place.path,
        "the file cannot be read; an adapter folder holds \(configurationName) "
          + "and \(parametersName)"
      )
    }
    let configuration = try Self.configuration(JSONValue(parsing: bytes), path: place.path)
    let adapter: LoRAAdapter
    do {
      adapter = try LoRAAdapter(configuration, model: model)
    } catch {
      throw ModelError.unsupportedAdapter(path: place.path, error.description)
    }
    try adapter.fill(
      from: try SafetensorsFile(mapping: folder.appending(path: parametersName))
    )
    return adapter
  }

  /// Writes an adapter; both files appear whole, or the folder does not stay.
  public static func write(
    _ adapter: LoRAAdapter,
    baseModel: String,
    to folder: URL
  ) throws {
    do {
      try writeFiles(adapter, baseModel: baseModel, to: folder)
    } catch {
      // One file without the other is no adapter; what failed is told, not how the rest was removed.
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  private static func writeFiles(
    _ adapter: LoRAAdapter,
    baseModel: String,
    to folder: URL
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let tensors = adapter.namedTensors(of: adapter.parameters).map {
      NamedTensor(
        name: $0.name,
        shape: [$0.values.rows, $0.values.columns],
        values: $0.values.values
      )
    }
    try SafetensorsWriter.write(
      tensors,
      metadata: ["format": "pt"],
      to: folder.appending(path: parametersName)
    )
    try AtomicFile.write(
      Array((document(adapter, baseModel: baseModel).pretty + "\n").utf8),
      to: folder.appending(path: configurationName)
    )
  }

  private static func document(_ adapter: LoRAAdapter, baseModel: String) -> JSONValue {
    let configuration = adapter.configuration
    let isTransposed = adapter.design.groups.joined().contains(where: \.isStoredTransposed)
    return [
      "alpha_pattern": [:],
      "auto_mapping": .null,
      "base_model_name_or_path": .string(baseModel),
      "bias": "none",
      "fan_in_fan_out": .bool(isTransposed),
      "inference_mode": true,
      "init_lora_weights": true,
      "layers_pattern": .null,
      "layers_to_transform": .null,
      "lora_alpha": JSONValue(configuration.alpha),
      "lora_dropout": JSONValue(configuration.dropout),
      "modules_to_save": .null,
      "peft_type": "LORA",
      "r": JSONValue(configuration.r),
      "rank_pattern": [:],
      "revision": .null,
      "target_modules": .array(configuration.targets.map { .string($0.rawValue) }),
      "task_type": "CAUSAL_LM",
      "use_dora": false,
      "use_rslora": .bool(configuration.usesRankStabilisedScaling),
    ]
  }

  private static func configuration(
    _ document: JSONValue,
    path: String
  ) throws(ModelError) -> LoRAConfiguration {
    guard document["peft_type"]?.string == "LORA" else {
      throw .unsupportedAdapter(
        path: path,
        "peft_type is not LORA; only LoRA adapters are supported"
      )
    }
    if let reason = unsupported(document) { throw .unsupportedAdapter(path: path, reason) }
    guard let r = document["r"]?.int, let alpha = document["lora_alpha"]?.double else {
      throw .unsupportedAdapter(path: path, "r or lora_alpha is missing")
    }
    guard let names = document["target_modules"]?.array?.compactMap(\.string) else {
      throw .unsupportedAdapter(path: path, "target_modules is not a list of names")
    }
    let targets = try names.map { (name) throws(ModelError) in
      guard let projection = Projection(rawValue: name) else {
        throw .unsupportedAdapter(
          path: path,
          "target module \(name) is not one of "
            + Projection.allCases.map(\.rawValue).joined(separator: ", ")
        )
      }
      return projection
    }
    return try LoRAConfiguration(
      r: r,
      alpha: alpha,
      targets: targets,
      usesRankStabilisedScaling: document["use_rslora"]?.bool ?? false,
      dropout: document["lora_dropout"]?.double ?? 0
    )
  }

  /// What the settings ask for beyond plain LoRA.
  ///
  /// `fan_in_fan_out` says how the base's weight is stored; A and B are the same either way.
  private static func unsupported(_ document: JSONValue) -> String? {
    for key in ["use_dora", "lora_bias", "use_qalora"]
    where document[key]?.bool == true {
      return "\(key) is true, which this engine does not do"
    }
    for key in ["rank_pattern", "alpha_pattern"] where document[key]?.object?.isEmpty == false {
      return "\(key) is not empty; one rank and one alpha for all projections are supported"
    }
    for key in ["modules_to_save", "layers_to_transform", "layer_replication"] {
      if let value = document[key], value != .null { return "\(key) is set; it is not supported" }
    }
    if let bias = document["bias"]?.string, bias != "none" {
      return "bias is \(bias); only none is supported"
    }
    return nil
  }
}
