public import DecoderModels
internal import Files
public import Foundation
internal import Foundations
internal import ModelFormats
internal import Tensors

/// Checkpoints on disk: a folder `checkpoint-<step>` that is there whole or not at all.
///
/// It holds the parameters (an adapter as PEFT keeps it, else `model.safetensors`),
/// `optimizer.safetensors` (both moments, `exp_avg.<name>` and `exp_avg_sq.<name>`),
/// `best.safetensors` where the best parameters are other ones, and `state.json` with the step, the metric
/// history, what the run belongs to, and the sha256 of every other file.
public enum CheckpointFolder {
  static let stateName = "state.json"
  static let optimiserName = "optimizer.safetensors"
  static let bestName = "best.safetensors"
  static let weightsName = "model.safetensors"
  private static let prefix = "checkpoint-"
  private static let version = 1

  /// Writes a checkpoint into a folder of checkpoints and returns its own folder; then removes
  /// the oldest ones beyond `limit`.
  ///
  /// A checkpoint of the same step is replaced.
  @discardableResult
  public static func write(
    _ checkpoint: Checkpoint,
    of trained: any TrainableParameters,
    origin: CheckpointOrigin,
    baseModel: String,
    in parent: URL,
    keeping limit: Int? = nil
  ) throws -> URL {
    let folder = parent.appending(path: "\(prefix)\(checkpoint.state.step)")
    if FileKind(at: folder) != .missing { try remove(folder) }
    try AtomicFolder.writing(to: folder) { place in
      if let adapter = trained as? LoRAAdapter {
        try AdapterFolder.write(adapter, baseModel: baseModel, to: place)
      } else {
        try write(trained.namedTensors(of: trained.parameters), to: place, weightsName)
      }
      let moments =
        trained.namedTensors(of: checkpoint.firstMoment).map { ("exp_avg.\($0.name)", $0.values) }
        + trained.namedTensors(of: checkpoint.secondMoment)
        .map { ("exp_avg_sq.\($0.name)", $0.values) }
      try write(moments, to: place, optimiserName)
      if let best = checkpoint.best {
        try write(trained.namedTensors(of: best), to: place, bestName)
      }
      try write(try document(checkpoint.state, origin, files: place), to: place)
    }
    if let limit {
      for old in try all(in: parent).dropLast(limit) { try remove(old) }
    }
    return folder
  }

  /// The checkpoints in a folder, by rising step.
  public static func all(in parent: URL) throws -> [URL] {
    guard FileKind(at: parent) == .folder else { return [] }
    let names = try FileManager.default.contentsOfDirectory(atPath: parent.path)
    let steps = names.compactMap { name in
      name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
    }
    return steps.sorted().map { parent.appending(path: "\(prefix)\($0)") }
  }

  /// Removes what a killed process left of checkpoints that it was writing or removing.
  public static func removeLeftovers(in parent: URL) throws {
    guard FileKind(at: parent) == .folder else { return }
    for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
    where name.hasPrefix(".\(prefix)") && name.hasSuffix(".tmp") {
      try FileManager.default.removeItem(at: parent.appending(path: name))
    }
  }

  /// Reads only the numbers, and refuses a checkpoint of another run; cheap, for a check before a
  /// model is loaded.
  public static func state(_ folder: URL, origin: CheckpointOrigin) throws -> CheckpointState {
    try state(of: try document(in: folder), in: folder, origin: origin)
  }

  private static func state(
    of document: JSONValue,
    in folder: URL,
    origin: CheckpointOrigin
  ) throws -> CheckpointState {
    guard let old = document["origin"].flatMap(CheckpointOrigin.init(json:)),
      let state = CheckpointState(json: document)
    else { throw CheckpointError.unreadable(path: folder.path, "\(stateName) lacks fields") }
    let differences = origin.differences(from: old)
    guard differences.isEmpty else {
      throw CheckpointError.anotherRun(path: folder.path, differences)
    }
    return state
  }

  /// Reads a checkpoint of `trained`, every file checked against its hash.
  public static func read(
    _ folder: URL,
    of trained: any TrainableParameters,
    origin: CheckpointOrigin
  ) throws -> Checkpoint {
    let document = try document(in: folder)
    let state = try state(of: document, in: folder, origin: origin)
    let files = document["files"]?.object ?? []
    for file in files {
      let found = try FileHash.sha256(of: folder.appending(path: file.key)).hex
      guard found == file.value.string else {
        throw CheckpointError.damaged(path: folder.path, file: file.key)
      }
    }
    let parameters =
      trained is LoRAAdapter ? AdapterFolder.parametersName : weightsName
    func storage(_ name: String, _ prefix: String = "") throws -> FloatStorage {
      guard files.contains(where: { $0.key == name }) else {
        throw CheckpointError.damaged(path: folder.path, file: name)
      }
      return try read(folder.appending(path: name), prefix, trained)
    }
    let hasBest = files.contains { $0.key == bestName }
    return Checkpoint(
      state: state,
      parameters: try storage(parameters),
      firstMoment: try storage(optimiserName, "exp_avg."),
      secondMoment: try storage(optimiserName, "exp_avg_sq."),
      best: hasBest ? try storage(bestName) : nil
    )
  }

  /// A folder leaves under another name first, so that a kill cannot leave half of one.
  private static func remove(_ folder: URL) throws {
    let leaving = folder.deletingLastPathComponent()
      .appending(path: ".\(folder.lastPathComponent).\(UUID().uuidString.lowercased()).tmp")
    try FileManager.default.moveItem(at: folder, to: leaving)
    try FileManager.default.removeItem(at: leaving)
  }

  private static func document(in folder: URL) throws -> JSONValue {
    let place = folder.appending(path: stateName)
    guard let bytes = try? Data(contentsOf: place) else {
      throw CheckpointError.unreadable(path: folder.path, "it has no \(stateName)")
    }
    let document: JSONValue
    do {
      document = try JSONValue(parsing: [UInt8](bytes))
    } catch {
      throw CheckpointError.unreadable(path: folder.path, "\(stateName): \(error)")
    }
    guard document["version"]?.int == version else {
      throw CheckpointError.unreadable(
        path: folder.path,
        "version \(document["version"]?.compact ?? "none") is not \(version)"
      )
    }
    return document
  }

  private static func document(
    _ state: CheckpointState,
    _ origin: CheckpointOrigin,
    files folder: URL
  ) throws -> JSONValue {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let files = try names.map {
      JSONValue.Member(
        key: $0,
        value: .string(try FileHash.sha256(of: folder.appending(path: $0)).hex)
      )
    }
    return .object(
      [JSONValue.Member(key: "version", value: JSONValue(version))]
        + (state.json.object ?? [])
        + [
          JSONValue.Member(key: "origin", value: origin.json),
          JSONValue.Member(key: "files", value: .object(files)),
        ]
    )
  }

  private static func write(_ document: JSONValue, to folder: URL) throws {
    try AtomicFile.write(text: document.compact + "\n", to: folder.appending(path: stateName))
  }

  private static func write(
    _ tensors: [(name: String, values: Tensors.Matrix)],
    to folder: URL,
    _ name: String
  ) throws {
    try SafetensorsWriter.write(allOf: TensorViews(tensors), to: folder.appending(path: name))
  }

  private static func read(
    _ url: URL,
    _ prefix: String,
    _ trained: any TrainableParameters
  ) throws -> FloatStorage {
    let source = try SafetensorsFile(mapping: url)
    let storage = FloatStorage(count: trained.parameters.count)
    for (name, values) in trained.namedTensors(of: storage) {
      try source.require(prefix + name, shape: [values.rows, values.columns])
      let range = values.offset..<values.offset + values.rows * values.columns
      try storage.withMutableSpan(range) { try source.decode(prefix + name, into: &$0) }
    }
    return storage
  }
}

/// Why a training cannot go on from a checkpoint.
public enum CheckpointError: Error, Sendable, CustomStringConvertible {
  /// The folder is no checkpoint, or one of another version.
  case unreadable(path: String, String)
  /// A file is missing or is not what was written.
  case damaged(path: String, file: String)
  /// It belongs to another configuration, data or model.
  case anotherRun(path: String, [String])

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) is no checkpoint that can be read: \(reason)"
    case .damaged(let path, let file):
      "\(path): \(file) is missing or not what was written; go on from an earlier checkpoint"
    case .anotherRun(let path, let differences):
      "\(path) belongs to another run: \(differences.joined(separator: "; ")). Give what it was "
        + "made with, or begin anew with another output folder"
    }
  }
}
