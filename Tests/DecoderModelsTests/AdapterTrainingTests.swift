import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

/// Dropout, checkpointing and mixed adapters.
struct AdapterTrainingTests {
  private struct Setting {
    let model: any DecoderModel
    let adapter: LoRAAdapter
    let batch: TokenBatch

    init(_ family: DecoderFamily) throws {
      let fixture = try FamilyParityTests.training(family)
      model = try FamilyParityTests.model(family)
      batch = try Parity.batch(try #require(fixture["batch"]))
      let file = "tiny/\(family)/lora_init.safetensors"
      adapter = try Parity.adapter(fixture, model, file: file, zeroB: false)
    }

    func run(
      _ dropout: LoRADropout?,
      checkpoints: Bool = false
    ) throws -> (losses: [Float], gradients: FloatStorage) {
      let gradients = FloatStorage(count: adapter.parameterCount)
      var tape = TrainingTape()
      tape.checkpointsActivations = checkpoints
      let losses = try model.lossesAndGradients(
        batch,
        adapter: adapter,
        gradients: gradients,
        lossScale: 1 / Float(batch.targets.count),
        dropout: dropout,
        tape: &tape
      )
      return (losses, gradients)
    }
  }

  private static func values(_ storage: FloatStorage) -> [Float] {
    Matrix(storage: storage, rows: 1, columns: storage.count).values
  }

  @Test(arguments: FamilyParityTests.families, [0, 0.3] as [Float])
  func `checkpointing leaves every bit of losses and gradients`(
    family: DecoderFamily,
    probability: Float
  ) throws {
    let setting = try Setting(family)
    let dropout = LoRADropout(probability: probability, seed: 7)

    let kept = try setting.run(dropout)
    let repeated = try setting.run(dropout, checkpoints: true)

    #expect(kept.losses == repeated.losses)
    #expect(Self.values(kept.gradients) == Self.values(repeated.gradients))
  }

  @Test(arguments: FamilyParityTests.families)
  func `the gradient under dropout equals differences of the same masks`(
    family: DecoderFamily
  ) throws {
    let setting = try Setting(family)
    let dropout = LoRADropout(probability: 0.25, seed: 3)
    let gradients = try setting.run(dropout).gradients
    let tensors = setting.adapter.namedTensors(of: setting.adapter.parameters)
    let slopes = setting.adapter.namedTensors(of: gradients)

    // Every fifth tensor, which in all families meets every group and both factors.
    for index in stride(from: 0, to: tensors.count, by: 5) {
      let (tensor, gradient) = (tensors[index], slopes[index])
      let norm = Parity.norm2(gradient.values)
      let found = try Slope.along(gradient.values, of: tensor.values) {
        let losses = try setting.run(dropout).losses
        return losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
      }
      #expect(abs(found - norm) < 3e-3 * norm + 3e-5, "\(tensor.name): \(found) and \(norm)")
    }
  }

  @Test func `dropout depends on its seed, and a probability of zero is none`() throws {
    let setting = try Setting(.llama)
    let plain = try setting.run(nil)
    let one = try setting.run(LoRADropout(probability: 0.1, seed: 1))

    #expect(try setting.run(LoRADropout(probability: 0, seed: 1)).losses == plain.losses)
    #expect(try setting.run(LoRADropout(probability: 0.1, seed: 1)).losses == one.losses)
    #expect(one.losses != plain.losses)
    #expect(try setting.run(LoRADropout(probability: 0.1, seed: 2)).losses != one.losses)
  }

  @Test func `rows with their own adapters get what they get alone`() throws {
    let model = try Parity.tiny.get()
    let adapters = try ["plain", "rslora_qv"].map {
      try AdapterFolder.read(Fixture.url("peft_adapter/\($0)"), model: model.configuration)
    }
    let prompts: [[Int32]] = [[5, 9, 300], [7, 8, 9, 10, 11], [401, 2]]
    let places = prompts.enumerated().flatMap { slot, ids in
      ids.indices.map { CachePlace(slot: slot, position: $0) }
    }
    var scratch = InferenceScratch()

    let mixed = try model.logits(
      ids: prompts.flatMap { $0 },
      places: places,
      cache: Parity.cache(model, slots: 3, positions: 5),
      outputs: Array(0..<10),
      adapters: AdapterRows(runs: [(0..<3, adapters[0]), (8..<10, adapters[1])]),
      scratch: &scratch,
      observe: nil
    )

    let alone = try zip(prompts, [adapters[0], nil, adapters[1]])
      .flatMap { try Parity.logits(model, $0, adapter: $1).values }
    #expect(Parity.worst(mixed.values, alone) < 2e-5)
    let base = try prompts.flatMap { try Parity.logits(model, $0).values }
    #expect(Parity.worst(base, alone) > 0.1)
  }
}
