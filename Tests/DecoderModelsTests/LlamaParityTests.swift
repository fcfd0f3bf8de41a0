import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

/// Helpers that run a model over whole sequences.
enum Parity {
  static func model(_ url: URL, _ type: DataType = .f32) throws -> LlamaModel {
    let source = try ModelSource.open(url)
    return try LlamaModel(source.tensors, configuration: source.configuration, dataType: type)
  }

  static let tiny = Result { try model(Fixture.url("tiny/llama")) }

  static func ids(_ value: JSONValue?) -> [Int32] {
    (value?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  static func floats(_ value: JSONValue?) -> [Double] {
    (value?.array ?? []).compactMap(\.double)
  }

  /// The logits at every position of one sequence.
  static func logits(
    _ model: LlamaModel,
    _ ids: [Int32],
    adapter: LoRAAdapter? = nil,
    observe: ((Int, Matrix) -> Void)? = nil
  ) throws -> Matrix {
    let cache = KeyValueCache(
      layers: model.configuration.layers,
      slots: 1,
      positions: ids.count,
      shape: model.attention
    )
    var scratch = InferenceScratch()
    return try model.logits(
      ids: ids,
      places: ids.indices.map { CachePlace(slot: 0, position: $0) },
      cache: cache,
      outputs: Array(ids.indices),
      adapter: adapter,
      scratch: &scratch,
      observe: observe
    )
  }

  /// The fixture's batch: rows up to their last attended token.
  static func batch(_ value: JSONValue) throws -> TokenBatch {
    let rows = try #require(value["input_ids"]?.array)
    let labels = try #require(value["labels"]?.array)
    let masks = try #require(value["attention_mask"]?.array)
    return TokenBatch(
      rows.indices.map { row in
        let length = floats(masks[row]).filter { $0 == 1 }.count
        let rowIDs = Array(ids(rows[row]).prefix(length))
        let rowLabels = Array(ids(labels[row]).prefix(length))
        return (rowIDs, rowLabels.map { $0 != -100 })
      }
    )
  }

  static func adapter(
    _ fixture: JSONValue,
    _ model: LlamaModel,
    file: String,
    zeroB: Bool
  ) throws -> LoRAAdapter {
    let lora = try #require(fixture["lora"])
    let configuration = try LoRAConfiguration(
      r: try #require(lora["r"]?.int),
      alpha: try #require(lora["alpha"]?.double)
    )
    let adapter = LoRAAdapter(configuration, model: model.configuration)
    try adapter.fill(from: try SafetensorsFile(mapping: Fixture.url(file)))
    if zeroB {
      for tensor in adapter.namedTensors(of: adapter.parameters)
      where tensor.name.contains("lora_B") {
        fill(tensor.values, with: 0)
      }
    }
    return adapter
  }

  struct Tolerance {
    let loss: Double
    let norm: Double
    let tensorNorm: Double
  }

  static func checkGradients(
    _ model: LlamaModel,
    _ fixture: JSONValue,
    _ variant: String,
    file: String,
    tolerance: Tolerance
  ) throws {
    let expected = try #require(fixture["variants"]?[variant])
    let batch = try Parity.batch(try #require(fixture["batch"]))
    let adapter = try Parity.adapter(fixture, model, file: file, zeroB: variant == "b_zero")
    let gradients = FloatStorage(count: adapter.parameterCount)
    var tape = TrainingTape()
    let count = batch.targets.count
    #expect(count == expected["supervised_tokens"]?.int)

    let losses = try model.lossesAndGradients(
      batch,
      adapter: adapter,
      gradients: gradients,
      lossScale: 1 / Float(count),
      tape: &tape
    )

    let loss = losses.map(Double.init).reduce(0, +) / Double(count)
    #expect(abs(loss - (expected["loss"]?.double ?? .nan)) < tolerance.loss)
    let norm = sumOfSquares(gradients, count: gradients.count).squareRoot()
    let expectedNorm = expected["grad_norm"]?.double ?? .nan
    #expect(abs(norm / expectedNorm - 1) < tolerance.norm)
    let norms = try #require(expected["grad_norms_f64"])
    for tensor in adapter.namedTensors(of: gradients) {
      let found = sumOfSquares(
        gradients,
        offset: tensor.values.offset,
        count: tensor.values.rows * tensor.values.columns
      ).squareRoot()
      let wanted = try #require(norms[tensor.name]?.double)
      #expect(abs(found - wanted) <= tolerance.tensorNorm * wanted, "\(tensor.name)")
    }
  }
}

struct LlamaParityTests {
  @Test(arguments: 0..<3)
  func `the tiny model gives the reference's logits at every position`(sequence: Int) throws {
    let model = try Parity.tiny.get()
    let fixture = try Fixture.json("tiny/llama/fixture.json")
    let entry = try #require(fixture["sequences"]?.array?[sequence])
    let expected = try SafetensorsFile(mapping: Fixture.url("tiny/llama/logits.safetensors"))
      .floats(of: "sequence_\(sequence)")

    let logits = try Parity.logits(model, Parity.ids(entry["ids"]))

    let worst = zip(logits.values, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(logits.values.count == expected.count)
    #expect(worst < 5e-5)
    let sums = zip(logSumExpRows(logits), Parity.floats(entry["logsumexp"]))
    #expect((sums.map { abs(Double($0) - $1) }.max() ?? .infinity) < 1e-5)
    #expect(argmaxRows(logits) == Parity.ids(entry["argmax"]))
  }

  @Test(arguments: ["F32", "F16", "Q8_0", "Q4_0", "Q4_1", "Q5_0"])
  func `a quantised file of the tiny model gives the reference's logits`(type: String) throws {
    let file = "tiny-llama-\(type).gguf"
    let model = try Parity.model(Fixture.url("tiny_gguf/\(file)"))
    let expected = try SafetensorsFile(mapping: Fixture.url("tiny_gguf/logits.safetensors"))
      .floats(of: file)
    let entry = try #require(try Fixture.json("tiny_gguf/expected.json")["files"]?[file])

    let logits = try Parity.logits(model, Parity.ids(entry["ids"]))

    let last = logits.rowSlice(logits.rows - 8..<logits.rows).values
    #expect((zip(last, expected).map { abs($0 - $1) }.max() ?? .infinity) < 5e-5)
  }

  @Test(arguments: ["b_zero", "b_random"])
  func `loss and gradients of one batch equal the reference's`(variant: String) throws {
    let model = try Parity.tiny.get()
    let fixture = try #require(try Fixture.json("tiny/llama/fixture.json")["lora_training"])
    try Parity.checkGradients(
      model,
      fixture,
      variant,
      file: "tiny/llama/lora_init.safetensors",
      tolerance: .init(loss: 1e-5, norm: 5e-6, tensorNorm: 2e-5)
    )
  }

  @Test func `the gradient of two half batches is that of the whole`() throws {
    let model = try Parity.tiny.get()
    let fixture = try #require(try Fixture.json("tiny/llama/fixture.json")["lora_training"])
    let value = try #require(fixture["batch"])
    let whole = try Parity.batch(value)
    let adapter = try Parity.adapter(
      fixture,
      model,
      file: "tiny/llama/lora_init.safetensors",
      zeroB: false
    )
    func half(_ segments: ArraySlice<Range<Int>>) -> TokenBatch {
      let learned = Set(whole.supervisedRows)
      return TokenBatch(
        segments.map { segment in
          let mask = segment.map { $0 > segment.lowerBound && learned.contains($0 - 1) }
          return (Array(whole.ids[segment]), mask)
        }
      )
    }
    let together = FloatStorage(count: adapter.parameterCount)
    let apart = FloatStorage(count: adapter.parameterCount)
    var tape = TrainingTape()
    let scale = 1 / Float(whole.targets.count)

    _ = try model.lossesAndGradients(
      whole,
      adapter: adapter,
      gradients: together,
      lossScale: scale,
      tape: &tape
    )
    for part in [half(whole.segments[..<2]), half(whole.segments[2...])] {
      _ = try model.lossesAndGradients(
        part,
        adapter: adapter,
        gradients: apart,
        lossScale: scale,
        tape: &tape
      )
    }

    let a = Matrix(storage: together, rows: 1, columns: together.count).values
    let b = Matrix(storage: apart, rows: 1, columns: apart.count).values
    let difference = zip(a, b).map { Double($0 - $1) * Double($0 - $1) }.reduce(0, +).squareRoot()
    #expect(difference < 1e-5)
  }
}
