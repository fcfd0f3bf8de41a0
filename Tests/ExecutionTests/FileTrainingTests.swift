import Execution
import Foundation
import Foundations
import Synchronization
import TestSupport
import Testing

/// Training from files on the tiny model.
@Suite(.serialized)
struct FileTrainingTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func training(
    rows: [JSONValue],
    model: URL = TinyLlama.url,
    adapter: URL? = nil,
    steps: Int = 11,
    settings: String = ""
  ) throws -> FileTraining {
    let yaml = TinyLlama.configuration(model: model, adapter: adapter, steps: steps) + settings
    return FileTraining(
      try TrainingConfigurationFile(try folder.write(yaml, to: "train.yaml")),
      data: try folder.write(lines: rows, to: "rows.jsonl"),
      output: folder.file("out"),
      options: EngineOptions(dtype: "f32")
    )
  }

  private func run(_ training: FileTraining) async throws -> TrainingResult {
    try await training.run(in: nil, events: { _ in })
  }

  @Test func `ten steps from the reference's adapter give the reference's losses`() async throws {
    let adapter = try TinyLlama.initialAdapter(in: folder)

    let result = try await run(try training(rows: try TinyLlama.rows(), adapter: adapter))

    let losses = try folder.lines("out/metrics.jsonl").compactMap { $0["loss"]?.double }
    let expected = try TinyLlama.losses()
    #expect(losses.count == 11 && expected.count == 11)
    for (step, pair) in zip(losses, expected).enumerated() {
      #expect(abs(pair.0 - pair.1) < 1e-5, "after \(step) steps")
    }
    #expect(result.steps == 11 && result.firstLoss == losses.first)
  }

  @Test func `the output folder holds the promised files with the promised fields`() async throws {
    let model = try TinyLlama.copy(in: folder)
    var training = try training(rows: try TinyLlama.rows(), model: model, steps: 2)
    training.questions = try folder.write(
      lines: [
        ["trace_id": "t-1", "prompt": "1 + 1?"],
        [
          "id": "t-2",
          "messages": [
            ["role": "user", "content": "2 + 2?"], ["role": "assistant", "content": "4"],
          ],
        ],
      ],
      to: "questions.jsonl"
    )
    training.maxNewTokens = 4

    _ = try await run(training)

    #expect(
      folder.names("out") == [
        "adapter", "metrics.jsonl", "predictions.jsonl", "predictions_meta.json",
        "run_manifest.json", "training_summary.json",
      ]
    )
    #expect(folder.names("out/adapter") == ["adapter_config.json", "adapter_model.safetensors"])
    for row in try folder.lines("out/metrics.jsonl") {
      #expect(
        (row.object ?? []).map(\.key) == [
          "step", "epoch", "loss", "learning_rate", "grad_norm", "tokens_per_second",
          "num_tokens", "timestamp", "device",
        ]
      )
    }
    let predictions = try folder.lines("out/predictions.jsonl")
    #expect(predictions.compactMap { $0["trace_id"]?.string } == ["t-1", "t-2"])
    #expect(predictions.allSatisfy { $0["prediction"]?.string != nil })
    let meta = try folder.json("out/predictions_meta.json")
    #expect(meta["count"] == 2)
    #expect(meta["generation_config"]?["max_new_tokens"] == 4)
    #expect(meta["model_sha256"]?.string?.count == 64)
    #expect(meta["adapter_sha256"]?.string?.count == 64)
    let manifest = try folder.json("out/run_manifest.json")
    for key in ["run_id", "dataset_sha256", "model_sha256", "cpu", "isa", "layout_rule"] {
      #expect(manifest[key]?.string?.isEmpty == false, "\(key)")
    }
    #expect(manifest["dtype"] == "f32")
    #expect(manifest["training_config"]?["lora_r"] == 4)
    let adapter = try folder.json("out/adapter/adapter_config.json")
    #expect(adapter["peft_type"] == "LORA" && adapter["r"] == 4)
  }

  @Test func `an adapter goes on where it stopped`() async throws {
    let rows = try TinyLlama.rows()
    let start = try TinyLlama.initialAdapter(in: folder)
    _ = try await run(try training(rows: rows, adapter: start, steps: 1))
    let losses = try TinyLlama.losses()

    let kept = folder.file("out/adapter")
    let next = try await run(try training(rows: rows, adapter: kept, steps: 1))

    #expect(abs(next.firstLoss - losses[1]) < 1e-5)
    #expect(folder.names("out/adapter").count == 2)
  }

  /// Rows that cannot be trained on, and what the refusal says.
  enum Refusal: String, CaseIterable {
    case empty, unsupervised, tooLong, beyondContext, unknownToken, shapeless, halfRow

    var rows: [JSONValue] {
      let long = JSONValue.array((0..<200).map { _ in 5 })
      let good: JSONValue = ["input_ids": [1, 2, 3], "labels": [-100, 2, 3]]
      return switch self {
      case .empty: []
      case .unsupervised: [good, ["input_ids": [1, 2], "labels": [-100, -100]]]
      case .tooLong, .beyondContext: [good, ["input_ids": long, "labels": long]]
      case .unknownToken: [["input_ids": [1, 512], "labels": [1, 512]]]
      case .shapeless: [good, ["question": "x"]]
      case .halfRow: [good, ["input_ids": [1, 2], "labels": [1]]]
      }
    }

    var settings: String { self == .tooLong ? "max_length: 64\n" : "" }

    var words: [String] {
      switch self {
      case .empty: ["rows.jsonl", "no rows"]
      case .unsupervised: ["row 2", "supervised"]
      case .tooLong: ["row 2", "200", "max_length is 64"]
      case .beyondContext: ["row 2", "200", "context holds 128"]
      case .unknownToken: ["row 1", "512", "0 to 511"]
      case .shapeless: ["line 2", "messages"]
      case .halfRow: ["line 2", "2 entries", "labels has 1"]
      }
    }
  }

  @Test(arguments: Refusal.allCases)
  func `rows that cannot be trained on leave nothing behind`(refusal: Refusal) async throws {
    let training = try training(rows: refusal.rows, settings: refusal.settings)

    let error = await #expect(throws: (any Error).self) { try await run(training) }

    let text = error.map { "\($0)" } ?? ""
    for word in refusal.words { #expect(text.contains(word), "\(text)") }
    #expect(!FileManager.default.fileExists(atPath: folder.file("out").path))
  }

  @Test func `questions that cannot be answered are refused before training`() async throws {
    var training = try training(rows: try TinyLlama.rows(), steps: 1)
    training.questions = try folder.write(lines: [["prompt": "Why?"]], to: "questions.jsonl")
    training.maxNewTokens = 128

    let error = await #expect(throws: (any Error).self) { try await run(training) }

    #expect(error.map { "\($0)" }?.contains("prompt 1 has") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.file("out").path))
  }

  @Test func `a starting adapter that is not there is named, and nothing is left behind`()
    async throws
  {
    let training = try training(rows: try TinyLlama.rows(), adapter: folder.file("nothing"))

    let error = await #expect(throws: (any Error).self) { try await run(training) }

    #expect(error.map { "\($0)" }?.contains("nothing/adapter_config.json") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.file("out").path))
  }

  @Test func `results of an earlier training do not stay beside those of a later one`() async throws
  {
    var first = try training(
      rows: try TinyLlama.rows(),
      model: try TinyLlama.copy(in: folder),
      steps: 1
    )
    first.questions = try folder.write(lines: [["prompt": "Why?"]], to: "questions.jsonl")
    first.maxNewTokens = 2
    _ = try await run(first)

    _ = try await run(try training(rows: try TinyLlama.rows(), steps: 3))

    #expect(
      folder.names("out") == [
        "adapter", "metrics.jsonl", "run_manifest.json", "training_summary.json",
      ]
    )
    #expect(try folder.lines("out/metrics.jsonl").count == 3)
  }

  @Test func `a cancelled training keeps the adapter of its last step and says so`() async throws {
    let training = try training(rows: try TinyLlama.rows(), steps: 1_000_000)
    let running = Mutex<Task<TrainingResult, any Error>?>(nil)
    let task = Task {
      try await training.run(in: nil) { event in
        if case .stepped(let progress) = event, progress.step >= 2 {
          running.withLock { $0?.cancel() }
        }
      }
    }
    running.withLock { $0 = task }

    let error = await #expect(throws: ExecutionError.self) { try await task.value }

    let steps = try folder.lines("out/metrics.jsonl").count
    #expect(steps >= 2)
    #expect(error?.description.contains("after step \(steps) of 1000000; kept: ") == true)
    let adapter = folder.file("out/adapter")
    let next = try await run(
      try self.training(rows: try TinyLlama.rows(), adapter: adapter, steps: 1)
    )
    #expect(next.firstLoss.isFinite)
  }
}
