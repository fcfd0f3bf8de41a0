import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

/// Every family against the reference numbers of its tiny model.
struct FamilyParityTests {
  static let families = DecoderFamily.allCases

  private static let models: [DecoderFamily: Result<any DecoderModel, any Error>] =
    Dictionary(
      uniqueKeysWithValues: families.map { family in
        (family, Result { try Parity.model(Fixture.url("tiny/\(family)")) })
      }
    )

  static func model(_ family: DecoderFamily) throws -> any DecoderModel {
    try #require(models[family]).get()
  }

  static func fixture(_ family: DecoderFamily) throws -> JSONValue {
    try Fixture.json("tiny/\(family)/fixture.json")
  }

  static func training(_ family: DecoderFamily) throws -> JSONValue {
    try #require(try fixture(family)["lora_training"])
  }

  private static func expectedLogits(_ family: DecoderFamily, _ sequence: Int) throws -> [Float] {
    try SafetensorsFile(mapping: Fixture.url("tiny/\(family)/logits.safetensors"))
      .floats(of: "sequence_\(sequence)")
  }

  @Test(arguments: families, 0..<3)
  func `a tiny model gives the reference's logits at every position`(
    family: DecoderFamily,
    sequence: Int
  ) throws {
    let entry = try #require(try Self.fixture(family)["sequences"]?.array?[sequence])
    let expected = try Self.expectedLogits(family, sequence)

    let logits = try Parity.logits(try Self.model(family), Parity.ids(entry["ids"]))

    let worst = Parity.worst(logits.values, expected)
    #expect(worst < 5e-5)
    let sums = zip(logSumExpRows(logits), Parity.floats(entry["logsumexp"]))
    let sumError = sums.map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(sumError < 1e-5)
    #expect(argmaxRows(logits) == Parity.ids(entry["argmax"]))
    Measured.note("\(family) sequence \(sequence)", "logit \(worst) logsumexp \(sumError)")
  }

  @Test(arguments: families.filter { $0 != .gpt2 })
  func `the old spelling of the configuration gives the same bits`(family: DecoderFamily) throws {
    let url = Fixture.url("tiny/\(family)/config.legacy.json")
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    let source = try ModelSource.open(Fixture.url("tiny/\(family)"))
    let legacy = try DecoderModels.open(
      source.tensors,
      configuration: DecoderConfiguration(
        huggingFace: try Fixture.json("tiny/\(family)/config.legacy.json"),
        path: url.path
      ),
      dataType: .f32
    )
    let ids = Parity.ids(try Self.fixture(family)["sequences"]?.array?[2]["ids"])

    let old = try Parity.logits(legacy, ids)

    #expect(old.values == (try Parity.logits(try Self.model(family), ids)).values)
  }

  @Test(arguments: families)
  func `the residual stream has the reference's norm after every block`(
    family: DecoderFamily
  ) throws {
    let fixture = try Self.fixture(family)
    let layers = try #require(fixture["layers_of_sequence_2"]?.array)
    let ids = Parity.ids(fixture["sequences"]?.array?[2]["ids"])
    var norms: [Double] = []

    _ = try Parity.logits(try Self.model(family), ids) { _, residual in
      norms.append(Parity.norm2(residual.rowSlice(ids.count - 1..<ids.count)))
    }

    // The fixture's last entry is after the final norm, which the head applies.
    #expect(norms.count == layers.count - 1)
    var worst = 0.0
    for (found, layer) in zip(norms, layers) {
      worst = max(worst, abs(found / (layer["l2"]?.double ?? .nan) - 1))
    }
    #expect(worst < 5e-6)
    Measured.note("\(family) residual", "\(worst)")
  }

  @Test(arguments: families)
  func `greedy tokens through the cache equal the reference's`(family: DecoderFamily) throws {
    let model = try Self.model(family)
    for entry in try #require(try Self.fixture(family)["sequences"]?.array) {
      let found = try Parity.greedy(model, Parity.ids(entry["ids"]), count: 16)

      #expect(found.ids == Parity.ids(entry["greedy_16"]))
      let margins = zip(found.margins, Parity.floats(entry["greedy_margins"]))
      #expect((margins.map { abs($0 - $1) }.max() ?? .infinity) < 1e-4)
    }
  }

  @Test(arguments: families, ["b_zero", "b_random"])
  func `loss and gradients of one batch equal the reference's`(
    family: DecoderFamily,
    variant: String
  ) throws {
    try Parity.checkGradients(
      try Self.model(family),
      try Self.training(family),
      variant,
      file: "tiny/\(family)/lora_init.safetensors",
      tolerance: .init(loss: 1e-5, norm: 5e-6, tensorNorm: 2e-5)
    )
  }

  @Test(arguments: families)
  func `the gradient of two half batches is that of the whole`(family: DecoderFamily) throws {
    let model = try Self.model(family)
    let fixture = try Self.training(family)
    let whole = try Parity.batch(try #require(fixture["batch"]))
    let file = "tiny/\(family)/lora_init.safetensors"
    let adapter = try Parity.adapter(fixture, model, file: file, zeroB: false)
    func gradient(_ batches: [TokenBatch]) throws -> [Float] {
      let gradients = FloatStorage(count: adapter.parameterCount)
      var tape = TrainingTape()
      for batch in batches {
        _ = try model.lossesAndGradients(
          batch,
          adapter: adapter,
          gradients: gradients,
          lossScale: 1 / Float(whole.targets.count),
          dropout: nil,
          tape: &tape
        )
      }
      return Matrix(storage: gradients, rows: 1, columns: gradients.count).values
    }

    let together = try gradient([whole])
    let apart = try gradient([
      Parity.part(whole, whole.segments[..<2]), Parity.part(whole, whole.segments[2...]),
    ])

    let squares = zip(together, apart).map { Double($0 - $1) * Double($0 - $1) }
    #expect(squares.reduce(0, +).squareRoot() < 1e-5)
    #expect(together.contains { $0 != 0 })
  }

  @Test(arguments: families, ["b_zero", "b_random"])
  func `ten steps of the optimiser give the reference's losses`(
    family: DecoderFamily,
    variant: String
  ) throws {
    let model = try Self.model(family)
    let fixture = try Self.training(family)
    let expected = Parity.floats(fixture["variants"]?[variant]?["losses"])
    let batch = try Parity.batch(try #require(fixture["batch"]))
    let file = "tiny/\(family)/lora_init.safetensors"
    let adapter = try Parity.adapter(fixture, model, file: file, zeroB: variant == "b_zero")

    let losses = try Steps(count: adapter.parameterCount).run(11, adapter.parameters) {
      gradients,
      tape in
      try model.lossesAndGradients(
        batch,
        adapter: adapter,
        gradients: gradients,
        lossScale: 1 / Float(batch.targets.count),
        dropout: nil,
        tape: &tape
      )
    }

    let worst = zip(losses, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(losses.count == expected.count)
    #expect(worst < 1e-5)
    Measured.note("\(family) ten steps \(variant)", "\(worst)")
  }

  @Test(arguments: families)
  func `evaluation losses equal those of training`(family: DecoderFamily) throws {
    let model = try Self.model(family)
    let fixture = try Self.training(family)
    let batch = try Parity.batch(try #require(fixture["batch"]))
    let file = "tiny/\(family)/lora_init.safetensors"
    let adapter = try Parity.adapter(fixture, model, file: file, zeroB: false)
    var tape = TrainingTape()

    let evaluated = try model.losses(batch, adapter: adapter, tape: &tape)
    let trained = try model.lossesAndGradients(
      batch,
      adapter: adapter,
      gradients: FloatStorage(count: adapter.parameterCount),
      lossScale: 1,
      dropout: nil,
      tape: &tape
    )

    #expect(evaluated == trained)
    #expect(try model.losses(batch, adapter: nil, tape: &tape) != trained)
  }

  @Test(
    arguments: ["F32", "F16", "Q8_0", "Q4_0", "Q4_1", "Q5_0"].map { "tiny-llama-\($0)" }
      + ["tiny-gemma3-Q8_0"]
  )
  func `a GGUF file of a tiny model gives the reference's logits`(name: String) throws {
    let file = name + ".gguf"
    let model = try Parity.model(Fixture.url("tiny_gguf/\(file)"))
    let expected = try SafetensorsFile(mapping: Fixture.url("tiny_gguf/logits.safetensors"))
      .floats(of: file)
    let entry = try #require(try Fixture.json("tiny_gguf/expected.json")["files"]?[file])

    let logits = try Parity.logits(model, Parity.ids(entry["ids"]))

    let last = logits.rowSlice(logits.rows - 8..<logits.rows).values
    #expect(Parity.worst(last, expected) < 5e-5)
    Measured.note(file, "\(Parity.worst(last, expected))")
  }
}

/// Some steps of the reference's optimiser.
struct Steps {
  let gradients: FloatStorage
  private let first: FloatStorage
  private let second: FloatStorage

  init(count: Int) {
    gradients = FloatStorage(count: count)
    first = FloatStorage(count: count)
    second = FloatStorage(count: count)
  }

  /// The mean losses before each step.
  func run(
    _ count: Int,
    _ parameters: FloatStorage,
    learningRate: Float = 1e-3,
    _ losses: (FloatStorage, inout TrainingTape) throws -> [Float]
  ) rethrows -> [Double] {
    var tape = TrainingTape()
    var result: [Double] = []
    for step in 1...count {
      fill(Matrix(storage: gradients, rows: 1, columns: gradients.count), with: 0)
      let found = try losses(gradients, &tape)
      result.append(found.reduce(0) { $0 + Double($1) } / Double(found.count))
      AdamW(weightDecay: 0.01)
        .step(
          step,
          learningRate: learningRate,
          parameters: parameters,
          gradients: gradients,
          firstMoment: first,
          secondMoment: second,
          gradientScale: 1
        )
    }
    return result
  }
}
