import DecoderModels
import Experiments
import Files
import Foundation
import Foundations
import Training

/// The files of one run in its folder; each appears whole or not at all.
struct RunFiles: Sendable {
  let folder: URL

  var adapter: URL { folder.appending(path: "adapter") }

  /// Makes the folder with a run's manifest; results of an earlier run there are removed, but for
  /// an adapter that this run goes on from.
  func begin(_ manifest: RunManifest, keeping initialAdapter: String? = nil) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    let names = ["metrics.jsonl", "predictions.jsonl", "predictions_meta.json"]
    for name in names { try? manager.removeItem(at: folder.appending(path: name)) }
    let goesOn = initialAdapter.map { URL(filePath: $0).standardizedFileURL.path }
    if goesOn != adapter.standardizedFileURL.path { try? manager.removeItem(at: adapter) }
    try write(manifest: manifest)
  }

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
  /// A step's numbers with the time at which it ended.
  init(_ step: StepMetrics, at time: Date) {
    self.init(
      step: step.step,
      epoch: step.epoch,
      loss: step.loss,
      learningRate: step.learningRate,
      gradientNorm: step.gradNorm,
      tokensPerSecond: step.tokensPerSecond,
      tokenCount: step.numTokens,
      timestamp: time,
      device: "cpu"
    )
  }
}
