import DecoderModels
import Experiments
import Files
import Foundation
import Foundations
import ModelFormats
import Training

/// The files of one run in its folder; each appears whole or not at all.
struct RunFiles: Sendable {
  let folder: URL

  var adapter: URL { folder.appending(path: "adapter") }

  /// A model whose weights were all trained, as a Hugging Face folder.
  var model: URL { folder.appending(path: "model") }

  /// Whether a model lies where this run's own would be written.
  func wouldReplace(_ other: URL) -> Bool {
    other.standardizedFileURL.path == model.standardizedFileURL.path
  }

  /// Makes the folder with a run's manifest; results of an earlier run there are removed, but for
  /// an adapter that this run goes on from.
  ///
  /// A run that goes on from a checkpoint keeps that run's manifest and checkpoints, and
  /// `metrics.jsonl` gets the checkpoint's steps, so that each step stands there once.
  func begin(
    _ manifest: RunManifest,
    keeping initialAdapter: String? = nil,
    from checkpoint: CheckpointState? = nil
  ) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    try CheckpointFolder.removeLeftovers(in: folder)
    var names = ["predictions.jsonl", "predictions_meta.json", "training_summary.json", "model"]
    if let checkpoint {
      let rows = checkpoint.history.map { MetricsRow($0).json.compact + "\n" }
      try AtomicFile.write(text: rows.joined(), to: folder.appending(path: "metrics.jsonl"))
    } else {
      names += ["metrics.jsonl"] + (try CheckpointFolder.all(in: folder)).map(\.lastPathComponent)
    }
    for name in names { try? manager.removeItem(at: folder.appending(path: name)) }
    let goesOn = initialAdapter.map { URL(filePath: $0).standardizedFileURL.path }
    if goesOn != adapter.standardizedFileURL.path { try? manager.removeItem(at: adapter) }
    try write(manifest: manifest)
  }

  /// The manifest of the run that this folder belongs to; nil where there is none.
  var manifest: RunManifest? {
    let place = folder.appending(path: "run_manifest.json")
    guard let bytes = try? Data(contentsOf: place) else { return nil }
    return try? RunManifest(json: JSONValue(parsing: [UInt8](bytes)))
  }

  func write(summary: JSONValue) throws { try writeJSON(summary, "training_summary.json") }

  private func write(manifest: RunManifest) throws {
    try writeJSON(manifest.json, "run_manifest.json")
  }

  func metricsLog() throws -> AppendLog {
    try AppendLog(folder.appending(path: "metrics.jsonl"))
  }

  func write(adapter trained: LoRAAdapter, baseModel: String) throws -> ContentHash {
    try AdapterFolder.write(trained, baseModel: baseModel, to: adapter)
    return try FileHash.sha256(of: adapter.appending(path: AdapterFolder.parametersName))
  }

  func write(
    _ weights: TrainedWeights,
    of source: ModelFormats.ModelSource
  ) throws -> ContentHash {
    try ModelExporter(source, tensors: weights).writeFolder(to: model, type: .float32)
    return try FileHash.ofFolder(model).hash
  }

  func write(predictions: [JSONValue], meta: JSONValue) throws {
    let lines = predictions.map { $0.compact + "\n" }.joined()
    try AtomicFile.write(text: lines, to: folder.appending(path: "predictions.jsonl"))
    try writeJSON(meta, "predictions_meta.json")
  }

  private func writeJSON(_ value: JSONValue, _ name: String) throws {
    try AtomicFile.write(text: value.pretty + "\n", to: folder.appending(path: name))
  }
}

extension MetricsRow {
  /// A step's numbers.
  init(_ step: StepMetrics) {
    self.init(
      step: step.step,
      epoch: step.epoch,
      loss: step.loss,
      learningRate: step.learningRate,
      gradientNorm: step.gradNorm,
      tokensPerSecond: step.tokensPerSecond,
      tokenCount: step.numTokens,
      timestamp: step.endedAt,
      device: "cpu",
      evalLoss: step.evalLoss
    )
  }
}
