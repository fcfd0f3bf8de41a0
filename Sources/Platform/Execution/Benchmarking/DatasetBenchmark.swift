import Datasets
public import Foundation
public import Foundations
import Rendering
import Traces
import Workspace

/// A measurement of datasets: how long their manifests, builds and exports take, in a workspace of
/// its own on the disk that is asked for.
public struct DatasetBenchmark: Sendable {
  /// Repetitions that count.
  public var repetitions = 9
  /// Traces of the manifest.
  public var manifestTraces = 1_000
  /// Traces of an export.
  public var exportTraces = 100

  /// A benchmark with the defaults.
  public init() {}

  /// Measures in a folder that is made for it and removed; gives the median and the extremes of each
  /// row in milliseconds.
  public func run(in parent: URL) throws -> JSONValue {
    let folder = parent.appending(path: "tunix-rt-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let workspace = try WorkspaceFolder(creatingAt: folder)
    var seed: UInt64 = 0
    while try workspace.traces.count() < manifestTraces {
      seed += 1
      try workspace.traces.importGenerator(.devReasoningV2, seed: seed)
    }
    var rows = try manifests(workspace)
    try workspace.datasets.build(recipe("export", limit: exportTraces))
    for format in ExportFormat.allCases {
      let name = "export_\(exportTraces)_\(format.rawValue)"
      rows.append(row(name, try measured { try export(format, workspace) }))
    }
    return .object(rows)
  }

  private func manifests(_ workspace: WorkspaceFolder) throws -> [JSONValue.Member] {
    let datasets = workspace.datasets
    var version = 0
    let build = try measured {
      version += 1
      try datasets.build(recipe("build-\(version)", limit: manifestTraces))
    }
    let traces = try datasets.traces(of: "build-1-v1")
    let candidates = traces.map(DatasetCandidate.init)
    let freeze = try measured {
      let manifest = try DatasetBuilder.freeze(
        recipe("manifest", limit: manifestTraces),
        selected: candidates,
        createdAt: Date(),
        buildID: .random()
      )
      _ = manifest.text
    }
    let show = try measured { _ = try datasets.show("build-1-v1") }
    let verify = try measured { _ = try datasets.verify("build-1-v1") }
    return [
      row("manifest_\(manifestTraces)", freeze), row("build_\(manifestTraces)", build),
      row("show_\(manifestTraces)", show), row("verify_\(manifestTraces)", verify),
    ]
  }

  private func recipe(_ name: String, limit: Int) -> DatasetRecipe {
    DatasetRecipe(
      name: name,
      version: "v1",
      limit: limit,
      split: SplitRecipe(testFraction: 0.1, seed: 42)
    )
  }

  private func export(_ format: ExportFormat, _ workspace: WorkspaceFolder) throws {
    var export = try workspace.datasets.export("export-v1", as: format)
    while try export.next() != nil {}
  }

  /// The milliseconds of each repetition, after one that does not count.
  private func measured(_ body: () throws -> Void) throws -> [Double] {
    try body()
    return try (0..<repetitions).map { _ in
      let start = ContinuousClock.now
      try body()
      return start.duration(to: .now) / .milliseconds(1)
    }
  }

  private func row(_ name: String, _ milliseconds: [Double]) -> JSONValue.Member {
    let sorted = milliseconds.sorted()
    return JSONValue.Member(
      key: name,
      value: [
        "median_ms": JSONValue(sorted[sorted.count / 2]), "minimum_ms": JSONValue(sorted[0]),
        "maximum_ms": JSONValue(sorted[sorted.count - 1]),
      ]
    )
  }
}
