import Datasets
import Experiments
import Files
import Foundation
import Foundations
import Judging
import Persistence
import Synchronization
import Traces
import Workspace

/// A workspace in a temporary folder with an in-memory database and a clock that only tests move.
///
/// The folder is removed when the last reference goes.
final class Scene: Sendable {
  let folder: URL
  let database: DatabaseStore
  let workspace: WorkspaceFolder

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "scene-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    database = try DatabaseStore.inMemory()
    let clock = Clock()
    workspace = WorkspaceFolder(location: folder, database: database) { clock.tick() }
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// Every question is asked a second later than the one before.
  private final class Clock: Sendable {
    private let seconds = Mutex(1_700_000_000.0)

    func tick() -> Date {
      seconds.withLock { now in
        now += 1
        return Date(timeIntervalSince1970: now)
      }
    }
  }
}

extension Scene {
  static func trace(_ number: Int) -> Trace {
    Trace(
      prompt: "What is \(number) + 1?",
      finalAnswer: "\(number + 1)",
      steps: [TraceStep(i: 0, type: "calculation", content: "\(number) + 1 = \(number + 1)")],
      meta: [
        "category": .string(number.isMultiple(of: 2) ? "even" : "odd"),
        "group_key": .string("add:1,\(number)"),
      ]
    )
  }

  /// 40 traces, frozen as `sums-v1` with 20 test items.
  @discardableResult
  func freeze() throws -> DatasetManifest {
    try workspace.traces.importTraces((0..<40).map(Self.trace))
    return try workspace.datasets.build(
      DatasetRecipe(name: "sums", version: "v1", split: SplitRecipe(testCount: 20, seed: 42))
    ).dataset
  }

  func specification(
    _ kind: RunKind = .inference,
    judge: String = "v2",
    base: Identifier<Run>? = nil,
    maxNewTokens: Int = 96
  ) throws -> RunSpecification {
    try RunSpecification(
      kind: kind,
      model: "tiny",
      datasetKey: "sums-v1",
      judge: JudgeIdentity(name: "answer_correctness", version: judge),
      generation: GenerationSettings(maxNewTokens: maxNewTokens, batchSize: 8),
      training: kind == .loraSFT ? ["learning_rate": 0.001] : nil,
      seed: 42,
      baseRunID: base
    )
  }

  func manifest(of run: Run, model: String = "tiny") -> RunManifest {
    RunManifest(
      runID: run.id,
      createdAt: Date(timeIntervalSince1970: 1_700_000_000),
      recipe: "test",
      datasetKey: run.specification.datasetKey,
      datasetHash: run.datasetHash,
      model: model,
      modelHash: ContentHash(ofText: model),
      configuration: run.specification.training ?? .null,
      seed: 42,
      sourceRevision: nil,
      compute: ComputeFacts(
        cpu: "test",
        isa: "avx2",
        dtype: "f32",
        threads: 2,
        engineVersion: "0",
        layoutRule: "plain"
      )
    )
  }

  /// The test items of the dataset, the first `rightCount` of them answered correctly.
  func items(rightCount: Int) throws -> [RunItem] {
    let judge = AnswerCorrectnessV2()
    return try workspace.datasets.traces(of: "sums-v1", in: .test).enumerated().map {
      place,
      stored in
      let answer = place < rightCount ? stored.trace.finalAnswer : "0"
      let prediction = "Reasoning:\n1. I add.\nAnswer: \(answer)"
      return RunItem(
        itemID: stored.id.text,
        category: stored.trace.category,
        prompt: stored.trace.prompt,
        expected: stored.trace.finalAnswer,
        prediction: prediction,
        finishReason: "stop",
        promptTokens: 12,
        newTokens: 9,
        judgement: judge.judge(prediction: prediction, expected: stored.trace.finalAnswer)
      )
    }
  }

  /// A completed run; a training run leaves an adapter in its folder.
  func completedRun(
    _ kind: RunKind = .inference,
    rightCount: Int,
    judge: String = "v2",
    maxNewTokens: Int = 96,
    model: String = "tiny"
  ) throws -> Run {
    let runs = workspace.runs
    let run = try runs.create(
      try specification(kind, judge: judge, maxNewTokens: maxNewTokens)
    )
    try runs.started(run.id, manifest: manifest(of: run, model: model))
    if kind == .loraSFT { try writeAdapter(of: run) }
    return try runs.completed(
      run.id,
      items: try items(rightCount: rightCount),
      metrics: ["loss": 0.5]
    )
  }

  func writeAdapter(of run: Run, weights: String = "weights") throws {
    let adapter = workspace.runs.folder(of: run.id).appending(path: "adapter")
    try FileManager.default.createDirectory(at: adapter, withIntermediateDirectories: true)
    try AtomicFile.write(text: "{}", to: adapter.appending(path: "adapter_config.json"))
    try AtomicFile.write(text: weights, to: adapter.appending(path: "adapter_model.safetensors"))
  }
}
