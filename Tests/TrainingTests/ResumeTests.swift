import DecoderModels
import Files
import Foundation
import Foundations
import Tensors
import TestSupport
import Testing

@testable import Training

/// Going on from a checkpoint on the tiny model.
struct ResumeTests {
  private let folder: ScratchFolder
  private let rows: [TrainingRow]

  init() throws {
    folder = try ScratchFolder()
    var random = RandomStream(seed: 5, name: "rows")
    rows = (0..<14).map { _ in
      let ids = (0..<random.int(in: 6...30)).map { _ in Int32(random.int(in: 1...500)) }
      return TrainingRow(ids: ids, isSupervised: ids.indices.map { $0 > ids.count / 2 })
    }
  }

  /// Packing, accumulation, a schedule, LoRA+, evaluation, best parameters: everything with a state.
  private func configuration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration(model: "tiny")
    configuration.learningRate = 3e-2
    configuration.lrSchedulerType = .warmupStableDecay
    configuration.warmupSteps = 1
    configuration.numDecaySteps = 3
    configuration.weightDecay = 0.01
    configuration.maxSteps = 8
    configuration.perDeviceTrainBatchSize = 1
    configuration.gradientAccumulationSteps = 2
    configuration.loraR = 4
    configuration.loraPlusLRRatio = 4
    configuration.loraDropout = 0.2
    configuration.evalStrategy = .steps
    configuration.evalSteps = 2
    configuration.evalSplitRatio = 0.3
    configuration.loadBestModelAtEnd = true
    configuration.saveSteps = 1
    return configuration
  }

  private func trainer(_ configuration: TrainingConfiguration) throws -> Trainer {
    let split = try HoldOut(ratio: 0.3, seed: 1).split(rows)
    return try Trainer(
      try TinyTraining.model.get(),
      set: try TinyTraining.set(split.learned),
      evaluationSet: try TinyTraining.set(split.held),
      configuration: configuration
    )
  }

  private func origin(_ configuration: TrainingConfiguration) -> CheckpointOrigin {
    CheckpointOrigin(configuration: configuration, facts: ["data_sha256": "d", "dtype": "f32"])
  }

  private struct Result {
    let bits: [UInt32]
    let metrics: [StepMetrics]
    let summary: TrainingSummary
  }

  /// Trains up to `steps` steps, writing every checkpoint that is due.
  @discardableResult
  private func run(
    _ configuration: TrainingConfiguration,
    from checkpoint: URL? = nil,
    upTo steps: Int = .max
  ) throws -> Result {
    let trainer = try trainer(configuration)
    let start = try checkpoint.map {
      try CheckpointFolder.read($0, of: trainer.trained, origin: origin(configuration))
    }
    var metrics = start?.state.history ?? []
    let summary = try trainer.train(
      from: start,
      shouldStop: { metrics.count >= steps },
      events: { event in
        switch event {
        case .stepped(let step): metrics.append(step)
        case .checkpointDue(let checkpoint):
          try CheckpointFolder.write(
            checkpoint,
            of: trainer.trained,
            origin: origin(configuration),
            baseModel: "tiny",
            in: folder.url,
            keeping: configuration.saveTotalLimit
          )
        case .started, .finished: break
        }
      }
    )
    return Result(
      bits: trainer.trained.parameters.bits,
      metrics: metrics,
      summary: summary
    )
  }

  private func expectSame(_ a: Result, _ b: Result, _ what: String) {
    #expect(a.bits == b.bits, "parameters, \(what)")
    #expect(a.metrics.map(\.withoutTimes) == b.metrics.map(\.withoutTimes), "\(what)")
    #expect(a.summary.best == b.summary.best && a.summary.keptStep == b.summary.keptStep)
    #expect(a.summary.meanLoss == b.summary.meanLoss)
  }

  @Test func `stopped after any step and resumed, a run ends with the same bits`() throws {
    let configuration = configuration()
    let whole = try run(configuration)
    #expect(whole.metrics.count == 8)
    #expect(whole.metrics.compactMap(\.evalLoss).count == 4)

    for step in 1..<8 {
      let stopped = try run(configuration, upTo: step)
      #expect(stopped.summary.wasInterrupted && stopped.summary.steps == step)
      let resumed = try run(configuration, from: folder.file("checkpoint-\(step)"))
      expectSame(resumed, whole, "resumed after step \(step)")
    }
  }

  @Test func `dropout draws masks from the seed`() throws {
    var configuration = configuration()
    let dropped = try run(configuration).bits
    configuration.loraDropout = 0
    let plain = try run(configuration).bits
    configuration.loraDropout = 0.2
    configuration.seed = 43
    let other = try run(configuration).bits

    #expect(dropped != plain && dropped != other)
  }

  @Test func `packed rows and a second interruption change nothing`() throws {
    var configuration = configuration()
    configuration.packing = true
    configuration.maxLength = 40
    let whole = try run(configuration)

    _ = try run(configuration, upTo: 2)
    _ = try run(configuration, from: folder.file("checkpoint-2"), upTo: 5)
    let resumed = try run(configuration, from: folder.file("checkpoint-5"))

    expectSame(resumed, whole, "resumed twice")
  }

  @Test func `a run that stopped early stays stopped, with its best parameters`() throws {
    var configuration = configuration()
    configuration.learningRate = 0.5
    configuration.maxSteps = 30
    configuration.earlyStoppingPatience = 2
    let whole = try run(configuration)
    #expect(whole.summary.ending == .stoppedEarly)
    #expect(whole.summary.steps < 30 && whole.summary.keptStep == whole.summary.best?.step)
    #expect(whole.summary.keptStep < whole.summary.steps)

    let last = folder.file("checkpoint-\(whole.summary.steps)")
    let resumed = try run(configuration, from: last)

    expectSame(resumed, whole, "resumed at its end")
  }

  @Test func `an interrupt between two checkpoints writes one`() throws {
    var configuration = configuration()
    configuration.saveSteps = 5

    try run(configuration, upTo: 3)

    #expect(try CheckpointFolder.all(in: folder.url).map(\.lastPathComponent) == ["checkpoint-3"])
    expectSame(
      try run(configuration, from: folder.file("checkpoint-3")),
      try run(configuration),
      "resumed at the interrupt"
    )
  }

  @Test func `only the newest checkpoints stay`() throws {
    var configuration = configuration()
    configuration.saveTotalLimit = 2

    try run(configuration)

    let names = try CheckpointFolder.all(in: folder.url).map(\.lastPathComponent)
    #expect(names == ["checkpoint-7", "checkpoint-8"])
    #expect(folder.names("").count == 2)
  }

  @Test func `another configuration or other data is refused, and what differs is said`() throws {
    let configuration = configuration()
    try run(configuration, upTo: 1)
    var other = configuration
    other.learningRate = 1e-3
    other.saveSteps = 7
    other.gradientCheckpointing = .on

    let error = #expect(throws: CheckpointError.self) {
      try CheckpointFolder.state(
        folder.file("checkpoint-1"),
        origin: CheckpointOrigin(configuration: other, facts: ["data_sha256": "e", "dtype": "f32"])
      )
    }

    let text = error?.description ?? ""
    #expect(text.contains("learning_rate is 0.001 and was 0.03"), "\(text)")
    #expect(text.contains("data_sha256 is e and was d"), "\(text)")
    #expect(!text.contains("save_steps") && !text.contains("gradient_checkpointing"), "\(text)")
  }

  @Test(arguments: ["optimizer.safetensors", "adapter_model.safetensors", "adapter_config.json"])
  func `a damaged checkpoint is refused with the file's name`(name: String) throws {
    let configuration = configuration()
    try run(configuration, upTo: 1)
    let file = folder.file("checkpoint-1/\(name)")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: file)

    let error = #expect(throws: CheckpointError.self) {
      try run(configuration, from: folder.file("checkpoint-1"))
    }

    #expect(error?.description.contains("\(name) is missing or not what was written") == true)
  }

  @Test func `what a kill left half written is removed`() throws {
    try folder.write("x", to: ".checkpoint-3.abc.tmp/state.json")
    try folder.write("x", to: "checkpoint-two/state.json")
    try run(configuration(), upTo: 1)

    try CheckpointFolder.removeLeftovers(in: folder.url)

    #expect(try CheckpointFolder.all(in: folder.url).map(\.lastPathComponent) == ["checkpoint-1"])
    #expect(!FileManager.default.fileExists(atPath: folder.file(".checkpoint-3.abc.tmp").path))
    #expect(FileManager.default.fileExists(atPath: folder.file("checkpoint-two").path))
  }
}

extension FloatStorage {
  /// The values' bits, so that equality means the same bytes.
  var bits: [UInt32] {
    Matrix(storage: self, rows: 1, columns: count).values.map(\.bitPattern)
  }
}

extension StepMetrics {
  /// The numbers that do not depend on the clock.
  var withoutTimes: [Double] {
    [
      Double(step), epoch, loss, learningRate, gradNorm, Double(tokens), Double(numTokens),
      evalLoss ?? -1,
    ]
  }
}
