import Datasets
import Evaluation
import Execution
import Experiments
import Foundation
import Foundations
import Judging
import Rendering
import Synchronization
import TestSupport
import Testing
import Traces
import Workspace

/// A workspace with a small dataset and the tiny model beside it.
private struct Scene {
  static let answer = "4711"

  let folder: ScratchFolder
  let workspace: WorkspaceFolder
  let model: URL

  /// 52 traces with one answer: what even two random layers can learn by heart.
  init(contextLength: JSONValue = 2048) throws {
    folder = try ScratchFolder()
    model = try TinyLlama.copy(
      in: folder,
      settings: ["max_position_embeddings": contextLength]
    )
    workspace = try WorkspaceFolder(creatingAt: folder.file("workspace"))
    try workspace.traces.importTraces(
      (0..<52).map { number in
        Trace(
          prompt: "\(number)?",
          finalAnswer: Self.answer,
          steps: [TraceStep(i: 0, type: "recall", content: "It is \(Self.answer).")],
          meta: ["category": "recall", "group_key": .string("recall:\(number)")]
        )
      }
    )
    try workspace.datasets.build(
      DatasetRecipe(name: "sevens", version: "v1", split: SplitRecipe(testCount: 20, seed: 42))
    )
  }

  func pending(
    _ training: JSONValue? = nil,
    dataset: String = "sevens-v1",
    model: String? = nil
  ) throws -> Run {
    try workspace.runs.create(
      try RunSpecification(
        kind: training == nil ? .inference : .loraSFT,
        model: model ?? self.model.path,
        datasetKey: dataset,
        judge: Judges.standard.identity,
        generation: GenerationSettings(maxNewTokens: 40, batchSize: 20, dtype: "f32"),
        training: training,
        seed: 42
      )
    )
  }

  func configuration(steps: Int, learningRate: Double = 0.02) -> JSONValue {
    [
      "model": .string(model.path), "learning_rate": JSONValue(learningRate),
      "max_steps": JSONValue(steps), "per_device_train_batch_size": 8,
    ]
  }

  func execute(_ run: Run) async throws -> Run {
    try await RunExecutor(workspace, events: { _ in }).execute(run)
  }

  func stored(_ run: Run) throws -> Run { try workspace.runs.show(run.id.text) }

  func file(_ run: Run, _ name: String) -> String {
    workspace.runs.folder(of: run.id).appending(path: name).path
  }
}

@Suite(.serialized)
struct RunExecutorTests {
  @Test func `base, training, comparison, promotion and a question to the champion`() async throws {
    let scene = try Scene()

    let base = try await scene.execute(try scene.pending())
    let trained = try await scene.execute(try scene.pending(scene.configuration(steps: 150)))

    #expect(base.status.state == .completed && trained.status.state == .completed)
    #expect(try scene.workspace.runs.items(of: base.id).count == 20)
    for name in ["run_manifest.json", "predictions.jsonl", "predictions_meta.json"] {
      #expect(FileManager.default.fileExists(atPath: scene.file(base, name)), "\(name)")
      #expect(FileManager.default.fileExists(atPath: scene.file(trained, name)), "\(name)")
    }
    let prompts = try [base, trained].map { run in
      try scene.workspace.runs.items(of: run.id).map(\.prompt)
    }
    #expect(prompts[0] == prompts[1])

    let outcome = try scene.workspace.comparisons.compare(
      base: base.id.text,
      trained: trained.id.text
    )
    #expect(outcome.comparison.comparison.lenient.fixed == 20)
    let promotion = try scene.workspace.registry.promote(run: trained.id.text, to: "tiny")
    #expect(promotion.version.reference == "tiny@v1")
    #expect(try scene.workspace.registry.verify("tiny@champion").isIntact)

    let champion = try ModelReference.find("tiny@champion", in: scene.workspace)
    #expect(champion.url.path == scene.model.path && champion.adapter != nil)
    var request = GenerationRequest()
    request.maxNewTokens = 40
    request.options = EngineOptions(dtype: "f32")
    let instruction = try #require(champion.instruction).text
    let question: JSONValue = [
      "messages": [["role": "user", "content": .string("99?\n\n" + instruction)]]
    ]
    let answers = try await request.run([.success(question)], on: champion).answers
    #expect(try answers[0].get()["text"]?.string?.hasSuffix("Answer: \(Scene.answer)") == true)
  }

  @Test func `a run that shows no difference is not promoted`() async throws {
    let scene = try Scene()
    let base = try await scene.execute(try scene.pending())
    let trained = try await scene.execute(
      try scene.pending(scene.configuration(steps: 1, learningRate: 1e-9))
    )

    let early = #expect(throws: WorkspaceError.self) {
      try scene.workspace.registry.promote(run: trained.id.text, to: "tiny")
    }
    _ = try scene.workspace.comparisons.compare(base: base.id.text, trained: trained.id.text)
    let late = #expect(throws: WorkspaceError.self) {
      try scene.workspace.registry.promote(run: trained.id.text, to: "tiny")
    }

    #expect(early?.description.contains("no stored paired comparison") == true)
    #expect(late?.description.contains("no difference is shown") == true)
    #expect(throws: (any Error).self) {
      try ModelReference.find("tiny@champion", in: scene.workspace)
    }
  }

  @Test func `a run that cannot begin is stored as failed with its reason`() async throws {
    let scene = try Scene()
    try scene.workspace.datasets.build(DatasetRecipe(name: "no", version: "test"))
    let cases: [(Run, String)] = [
      (try scene.pending(dataset: "no-test"), "no test items"),
      (try scene.pending(model: "nobody"), "\"nobody\""),
      (try scene.pending(["model": "x", "learning_rate": -1]), "learning_rate"),
    ]
    for (run, reason) in cases {
      let error = await #expect(throws: (any Error).self) { try await scene.execute(run) }

      let stored = try scene.stored(run)
      #expect(stored.status.state == .failed)
      #expect(stored.status.message?.contains(reason) == true, "\(stored.status)")
      #expect(error.map { "\($0)" } == stored.status.message)
    }
  }

  @Test func `prompts beyond the context fail before training, with token counts`() async throws {
    let scene = try Scene(contextLength: 160)
    let run = try scene.pending(
      scene.configuration(steps: 1).setting("truncation", to: true)
    )

    await #expect(throws: (any Error).self) { try await scene.execute(run) }

    let stored = try scene.stored(run)
    #expect(stored.status.state == .failed)
    #expect(stored.status.message?.contains("160") == true, "\(stored.status)")
    #expect(!FileManager.default.fileExists(atPath: scene.file(run, "adapter")))
  }

  @Test func `cancelling during training keeps the adapter of the last step`() async throws {
    let scene = try Scene()
    let run = try scene.pending(scene.configuration(steps: 1_000_000))
    let running = Mutex<Task<Run, any Error>?>(nil)
    let task = Task {
      try await RunExecutor(scene.workspace) { event in
        if case .stepped = event { running.withLock { $0?.cancel() } }
      }.execute(run)
    }
    running.withLock { $0 = task }

    await #expect(throws: ExecutionError.self) { try await task.value }

    let stored = try scene.stored(run)
    #expect(stored.status.state == .cancelled)
    #expect(stored.status.message?.contains("kept: the adapter of that step") == true)
    #expect(
      FileManager.default.fileExists(
        atPath: scene.file(run, "adapter/adapter_model.safetensors")
      )
    )
  }

  @Test func `cancelling while answering stores the run as cancelled`() async throws {
    let scene = try Scene()
    let run = try scene.pending()
    let running = Mutex<Task<Run, any Error>?>(nil)
    let task = Task {
      try await RunExecutor(scene.workspace) { event in
        if case .generated = event { while running.withLock({ $0?.cancel() }) == nil {} }
      }.execute(run)
    }
    running.withLock { $0 = task }

    let error = await #expect(throws: ExecutionError.self) { try await task.value }

    #expect(error?.description.contains("of 20 answers; nothing was kept") == true)
    #expect(try scene.stored(run).status.state == .cancelled)
    #expect(!FileManager.default.fileExists(atPath: scene.file(run, "predictions.jsonl")))
  }
}
