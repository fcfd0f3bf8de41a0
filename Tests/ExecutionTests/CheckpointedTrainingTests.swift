import Execution
import Foundation
import Foundations
import Synchronization
import TestSupport
import Testing

/// Evaluation, checkpoints and going on, from files on the tiny model.
@Suite(.serialized)
struct CheckpointedTrainingTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func training(
    _ settings: String,
    output: String = "out",
    start: TrainingStart = .beginning,
    rows: [JSONValue] = TinyRows.make(16)
  ) throws -> FileTraining {
    let yaml = "model: \(TinyLlama.url.path)\n" + settings
    var training = FileTraining(
      try TrainingConfigurationFile(try folder.write(yaml, to: "train.yaml")),
      data: try folder.write(lines: rows, to: "rows.jsonl"),
      output: folder.file(output),
      options: EngineOptions(dtype: "f32")
    )
    training.start = start
    return training
  }

  private func run(_ training: FileTraining, stoppingAt step: Int = .max) async throws {
    let running = Mutex<Task<Void, any Error>?>(nil)
    let task = Task {
      _ = try await training.run(in: nil) { event in
        if case .stepped(let progress) = event, progress.step >= step {
          running.withLock { $0?.cancel() }
        }
      }
    }
    running.withLock { $0 = task }
    try await task.value
  }

  private func adapter(_ output: String) throws -> Data {
    try Data(contentsOf: folder.file("\(output)/adapter/adapter_model.safetensors"))
  }

  /// The rows of `metrics.jsonl` without what the clock has put there.
  private func metrics(_ output: String) throws -> [[JSONValue.Member]] {
    try folder.lines("\(output)/metrics.jsonl").map { row in
      (row.object ?? []).filter { !["timestamp", "tokens_per_second"].contains($0.key) }
    }
  }

  @Test func `an interrupted run goes on to the bytes and metrics of a whole one`() async throws {
    let settings = TinyRows.settings(steps: 12, saveSteps: 5)
    try await run(try training(settings, output: "whole"))

    let error = await #expect(throws: ExecutionError.self) {
      try await run(try training(settings), stoppingAt: 7)
    }
    #expect(error?.description.contains("interrupted") == true)
    let first = try folder.json("out/run_manifest.json")
    try await run(try training(settings, start: .latestCheckpoint))

    #expect(try adapter("out") == adapter("whole"))
    #expect(try metrics("out") == metrics("whole"))
    #expect(try folder.lines("out/metrics.jsonl").compactMap { $0["step"]?.int } == Array(1...12))
    let evaluated = try folder.lines("out/metrics.jsonl").filter { $0["eval_loss"] != nil }
    #expect(evaluated.compactMap { $0["step"]?.int } == [5, 10, 12])
    #expect(folder.names("out").filter { $0.hasPrefix("checkpoint-") }.count == 2)
    #expect(try folder.json("out/run_manifest.json")["run_id"] == first["run_id"])
    let summary = try folder.json("out/training_summary.json")
    #expect((summary["resumed_from_step"]?.int ?? 0) >= 7)
    let best = try #require(summary["best"]?["step"]?.int)
    #expect(summary["kept_step"]?.int == best && summary["ending"] == "completed")
  }

  @Test func `automatic resume begins where there is nothing to go on from`() async throws {
    let settings = TinyRows.settings(steps: 4, saveSteps: 2)

    try await run(try training(settings, start: .latestCheckpoint))

    #expect(try folder.lines("out/metrics.jsonl").count == 4)
    #expect(try folder.json("out/training_summary.json")["resumed_from_step"] == .null)
  }

  @Test func `a checkpoint of other data, settings or number of rows is refused in words`()
    async throws
  {
    let settings = TinyRows.settings(steps: 4, saveSteps: 2)
    try await run(try training(settings))
    let before = try metrics("out")

    let error = await #expect(throws: (any Error).self) {
      try await run(
        try training(
          settings.replacing("lora_r: 4", with: "lora_r: 8"),
          start: .checkpoint(folder.file("out/checkpoint-2")),
          rows: TinyRows.make(17)
        )
      )
    }

    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("lora_r is 8 and was 4"), "\(text)")
    #expect(text.contains("data_sha256 is"), "\(text)")
    #expect(try metrics("out") == before)
  }

  @Test func `a new run does not silently take an old one's checkpoints away`() async throws {
    let settings = TinyRows.settings(steps: 4, saveSteps: 2)
    try await run(try training(settings))

    let error = await #expect(throws: (any Error).self) { try await run(try training(settings)) }
    #expect(error.map { "\($0)" }?.contains("--resume auto") == true)
    try await run(
      try training(settings.replacing("max_steps: 4", with: "max_steps: 3"), start: .overwriting)
    )

    #expect(folder.names("out").filter { $0.hasPrefix("checkpoint-") } == ["checkpoint-2"])
    #expect(try folder.lines("out/metrics.jsonl").count == 3)
  }

  @Test func `a missing checkpoint is named`() async throws {
    let error = await #expect(throws: (any Error).self) {
      try await run(
        try training(
          TinyRows.settings(steps: 2, saveSteps: 1),
          start: .checkpoint(folder.file("nowhere"))
        )
      )
    }

    #expect(error.map { "\($0)" }?.contains("nowhere") == true)
  }

  @Test func `an evaluation file is read beside the configuration and its loss is its rows'`()
    async throws
  {
    try folder.write(lines: TinyRows.make(6, seed: 9), to: "held.jsonl")
    let settings = """
      learning_rate: 1.0e-3
      max_steps: 3
      lora_r: 4
      eval_file: held.jsonl
      eval_strategy: steps
      eval_steps: 1
      per_device_eval_batch_size: 4

      """

    try await run(try training(settings))
    let losses = try folder.lines("out/metrics.jsonl").compactMap { $0["eval_loss"]?.double }
    try await run(
      try training(settings.replacing("batch_size: 4", with: "batch_size: 1"), output: "one")
    )
    let alone = try folder.lines("one/metrics.jsonl").compactMap { $0["eval_loss"]?.double }

    #expect(losses.count == 3)
    #expect(zip(losses, alone).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try folder.json("out/training_summary.json")["plan"]?["evaluation_rows"] == 6)
  }

  @Test func `training stops early, keeps the best, and says both`() async throws {
    try folder.write(lines: TinyRows.make(6, seed: 9), to: "held.jsonl")
    let training = try training(
      """
      learning_rate: 0.5
      max_steps: 60
      lora_r: 4
      eval_file: held.jsonl
      eval_steps: 1
      early_stopping_patience: 3
      load_best_model_at_end: true

      """
    )

    let result = try await training.run(in: nil, events: { _ in })

    #expect(result.ending == "stopped_early" && result.steps < 60)
    #expect(result.keptStep == result.best?.step && result.keptStep == result.steps - 3)
    let summary = try folder.json("out/training_summary.json")
    #expect(summary["ending"] == "stopped_early")
  }

  @Test func `the manifest names the random streams and the summary the memory plan`() async throws
  {
    try await run(try training("max_steps: 1\nlora_r: 4\nper_device_train_batch_size: 2\n"))

    let streams = try folder.json("out/run_manifest.json")["random_streams"]
    #expect(streams?["root_seed"] == 42)
    #expect(streams?["streams"]?.array?.count == 5)
    let memory = try folder.json("out/training_summary.json")["memory_plan"]
    let parts = [
      "weight_bytes", "other_bytes", "trained_bytes", "activation_bytes_kept", "head_bytes",
    ].map { memory?[$0]?.int ?? 0 }
    #expect(parts.allSatisfy { $0 > 0 })
    #expect(memory?["total_bytes"]?.int == parts.reduce(0, +))
    #expect(memory?["gradient_checkpointing"] == false)
  }

  @Test func `a plan that does not fit the memory is refused with its parts`() async throws {
    let error = await #expect(throws: (any Error).self) {
      try await run(try training("max_steps: 1\nlora_r: 4\nmax_memory_gb: 0.000001\n"))
    }

    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("max_memory_gb") && text.contains("activations of"), "\(text)")
  }
}

/// Every weight of the tiny model, from files.
@Suite(.serialized)
struct FullFileTrainingTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func training(model: URL, output: String) throws -> FileTraining {
    let yaml = """
      model: \(model.path)
      finetuning_type: full
      learning_rate: 1.0e-3
      max_steps: 2
      per_device_train_batch_size: 4

      """
    return FileTraining(
      try TrainingConfigurationFile(try folder.write(yaml, to: "train.yaml")),
      data: try folder.write(lines: TinyRows.make(8), to: "rows.jsonl"),
      output: folder.file(output),
      options: EngineOptions(dtype: "f32")
    )
  }

  @Test func `full fine-tuning writes a folder that can be trained again, elsewhere`() async throws
  {
    let first = try await training(model: TinyLlama.url, output: "out").run(
      in: nil,
      events: { _ in }
    )

    #expect(first.product == "model" && first.steps == 2)
    #expect(folder.names("out/model").contains("model.safetensors"))
    #expect(!folder.names("out").contains("adapter"))
    let next = try await training(model: folder.file("out/model"), output: "next")
      .run(in: nil, events: { _ in })
    #expect(next.firstLoss < first.firstLoss)
    let error = await #expect(throws: (any Error).self) {
      try await training(model: folder.file("out/model"), output: "out")
        .run(in: nil, events: { _ in })
    }
    #expect(error.map { "\($0)" }?.contains("give another output folder") == true)
    #expect(folder.names("out/model").contains("model.safetensors"))
  }
}
