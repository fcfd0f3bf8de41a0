import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels
@testable import Training

/// The tiny model and what its training fixture says.
enum TinyTraining {
  static let model = Result {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    return try DecoderModels.open(
      source.tensors,
      configuration: source.configuration,
      dataType: .f32
    )
  }

  static func fixture() throws -> JSONValue {
    try #require(try Fixture.json("tiny/llama/fixture.json")["lora_training"])
  }

  /// The fixture's batch as rows, each up to its last attended token.
  static func rows(_ fixture: JSONValue) throws -> [TrainingRow] {
    let batch = try #require(fixture["batch"])
    func lists(_ key: String) -> [[Int]] {
      (batch[key]?.array ?? []).map { ($0.array ?? []).compactMap(\.int) }
    }
    return zip(lists("input_ids"), zip(lists("labels"), lists("attention_mask"))).map { ids, rest in
      let length = rest.1.count { $0 == 1 }
      return TrainingRow(
        ids: ids.prefix(length).map(Int32.init),
        isSupervised: rest.0.prefix(length).map { $0 != -100 }
      )
    }
  }

  static func set(_ rows: [TrainingRow]) throws -> TrainingSet {
    try TrainingSet(rows, maxLength: 128, truncates: false, vocabularySize: 512)
  }

  static func adapter(_ fixture: JSONValue, zeroB: Bool) throws -> LoRAAdapter {
    let adapter = try LoRAAdapter(
      try LoRAConfiguration(r: 4, alpha: 8),
      model: try model.get().configuration
    )
    try adapter.fill(
      from: try SafetensorsFile(mapping: Fixture.url("tiny/llama/lora_init.safetensors"))
    )
    if zeroB { adapter.zeroOutputSides() }
    return adapter
  }

  /// The fixture's optimiser: constant rate, no clipping, ten steps on one batch.
  static func configuration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration(model: "tiny")
    configuration.learningRate = 1e-3
    configuration.lrSchedulerType = .constant
    configuration.weightDecay = 0.01
    configuration.maxGradNorm = 0
    configuration.maxSteps = 11
    configuration.perDeviceTrainBatchSize = 4
    return configuration
  }

  static func losses(_ trainer: Trainer) throws -> [Double] {
    var losses: [Double] = []
    _ = try trainer.train { event in
      if case .stepped(let metrics) = event { losses.append(metrics.loss) }
    }
    return losses
  }
}

extension LoRAAdapter {
  /// Sets every B to zero, as a fresh adapter has it.
  func zeroOutputSides() {
    for tensor in namedTensors(of: parameters) where tensor.name.contains("lora_B") {
      Tensors.fill(tensor.values, with: 0)
    }
  }
}

struct TrainerTests {
  @Test(arguments: ["b_zero", "b_random"], [4, 2])
  func `ten steps on the tiny model give the reference's ten losses`(
    variant: String,
    rowsPerPass: Int
  ) throws {
    let fixture = try TinyTraining.fixture()
    let expected = (fixture["variants"]?[variant]?["losses"]?.array ?? []).compactMap(\.double)
    var configuration = TinyTraining.configuration()
    configuration.perDeviceTrainBatchSize = rowsPerPass
    configuration.gradientAccumulationSteps = 4 / rowsPerPass
    let trainer = try Trainer(
      try TinyTraining.model.get(),
      set: try TinyTraining.set(try TinyTraining.rows(fixture)),
      configuration: configuration,
      initialAdapter: try TinyTraining.adapter(fixture, zeroB: variant == "b_zero")
    )

    let losses = try TinyTraining.losses(trainer)

    #expect(losses.count == 11 && expected.count == 11)
    for (step, pair) in zip(losses, expected).enumerated() {
      #expect(abs(pair.0 - pair.1) < 1e-5, "after \(step) steps")
    }
  }

  @Test func `two runs of one seed give the same bytes and another seed gives others`() throws {
    let rows = try TinyTraining.rows(try TinyTraining.fixture())
    var configuration = TinyTraining.configuration()
    configuration.perDeviceTrainBatchSize = 2
    configuration.loraR = 4
    func trained(_ seed: UInt64) throws -> [Float] {
      configuration.seed = seed
      let trainer = try Trainer(
        try TinyTraining.model.get(),
        set: try TinyTraining.set(rows),
        configuration: configuration
      )
      _ = try TinyTraining.losses(trainer)
      let parameters = trainer.trained.parameters
      return Matrix(storage: parameters, rows: 1, columns: parameters.count).values
    }

    let first = try trained(1)

    #expect(try trained(1) == first)
    #expect(try trained(2) != first)
  }

  @Test func `stopping keeps the steps that were taken`() throws {
    let trainer = try Trainer(
      try TinyTraining.model.get(),
      set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
      configuration: TinyTraining.configuration()
    )
    var steps = 0

    let summary = try trainer.train(
      shouldStop: { steps == 3 },
      events: { event in if case .stepped = event { steps += 1 } }
    )

    #expect(summary.steps == 3)
    #expect(summary.wasInterrupted)
  }

  @Test func `a loss that is not a number ends the run with the step`() throws {
    var configuration = TinyTraining.configuration()
    configuration.learningRate = 1e30
    let trainer = try Trainer(
      try TinyTraining.model.get(),
      set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
      configuration: configuration
    )

    let error = #expect(throws: Trainer.Failure.self) { try TinyTraining.losses(trainer) }

    #expect(error?.description.contains("diverged") == true)
  }

  @Test func `an adapter comes back from its folder bit for bit`() throws {
    let fixture = try TinyTraining.fixture()
    let adapter = try TinyTraining.adapter(fixture, zeroB: false)
    let folder = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }

    try AdapterFolder.write(adapter, baseModel: "tiny", to: folder)
    let read = try AdapterFolder.read(folder, model: try TinyTraining.model.get().configuration)

    #expect(read.configuration == adapter.configuration)
    for (a, b) in zip(
      adapter.namedTensors(of: adapter.parameters),
      read.namedTensors(of: read.parameters)
    ) {
      #expect(a.values.values == b.values.values, "\(a.name)")
    }
  }
}
