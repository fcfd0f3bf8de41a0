import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

/// Helpers that run a model over whole sequences and compare it with the reference's numbers.
enum Parity {
  static func model(
    _ url: URL,
    _ type: DataType = .f32,
    trainable: Bool = false
  ) throws -> any DecoderModel {
    let source = try ModelSource.open(url)
    return try DecoderModels.open(
      source.tensors,
      configuration: source.configuration,
      dataType: type,
      trainable: trainable
    )
  }

  static let tiny = Result { try model(Fixture.url("tiny/llama")) }

  static func ids(_ value: JSONValue?) -> [Int32] {
    (value?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  static func floats(_ value: JSONValue?) -> [Double] {
    (value?.array ?? []).compactMap(\.double)
  }

  /// The largest absolute difference; infinite when the counts differ.
  static func worst(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// The logits at every position of one sequence.
  static func logits(
    _ model: any DecoderModel,
    _ ids: [Int32],
    adapter: LoRAAdapter? = nil,
    observe: ((Int, Matrix) -> Void)? = nil
  ) throws -> Matrix {
    var scratch = InferenceScratch()
    return try model.logits(
      ids: ids,
      places: ids.indices.map { CachePlace(slot: 0, position: $0) },
      cache: cache(model, positions: ids.count),
      outputs: Array(ids.indices),
      adapters: AdapterRows(adapter, rows: ids.count),
      scratch: &scratch,
      observe: observe
    )
  }

  static func cache(_ model: any DecoderModel, slots: Int = 1, positions: Int) -> KeyValueCache {
    KeyValueCache(
      layers: model.configuration.layers,
      slots: slots,
      positions: positions,
      shape: model.attention
    )
  }

  /// Greedy tokens and margins, one token a step through the cache.
  static func greedy(
    _ model: any DecoderModel,
    _ prompt: [Int32],
    count: Int
  ) throws -> (ids: [Int32], margins: [Double]) {
    let cache = cache(model, positions: prompt.count + count)
    var scratch = InferenceScratch()
    var next = prompt
    var position = 0
    var result: (ids: [Int32], margins: [Double]) = ([], [])
    for _ in 0..<count {
      let logits = try model.logits(
        ids: next,
        places: next.indices.map { CachePlace(slot: 0, position: position + $0) },
        cache: cache,
        outputs: [next.count - 1],
        adapters: AdapterRows(),
        scratch: &scratch,
        observe: nil
      )
      let best = topOfRow(logits, row: 0, count: 2)
      position += next.count
      next = [best[0].id]
      result.ids.append(best[0].id)
      result.margins.append(Double(best[0].logit - best[1].logit))
    }
    return result
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

  /// Some of a batch's sequences as a batch of their own.
  static func part(_ whole: TokenBatch, _ segments: ArraySlice<Range<Int>>) -> TokenBatch {
    let learned = Set(whole.supervisedRows)
    return TokenBatch(
      segments.map { segment in
        let mask = segment.map { $0 > segment.lowerBound && learned.contains($0 - 1) }
        return (Array(whole.ids[segment]), mask)
      }
    )
  }

  static func adapter(
    _ fixture: JSONValue,
    _ model: any DecoderModel,
    file: String,
    zeroB: Bool
  ) throws -> LoRAAdapter {
    let lora = try #require(fixture["lora"])
    let names = (lora["target_modules"]?.array ?? []).compactMap(\.string)
    let targets = names.compactMap(Projection.init(rawValue:))
    #expect(targets.count == names.count)
    let configuration = try LoRAConfiguration(
      r: try #require(lora["r"]?.int),
      alpha: try #require(lora["alpha"]?.double),
      targets: targets.isEmpty ? Projection.allCases : targets
    )
    let adapter = try LoRAAdapter(configuration, model: model.configuration)
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
    _ model: any DecoderModel,
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
      dropout: nil,
      tape: &tape
    )

    let loss = losses.map(Double.init).reduce(0, +) / Double(count)
    let lossError = abs(loss - (expected["loss"]?.double ?? .nan))
    #expect(lossError < tolerance.loss)
    let norm = sumOfSquares(gradients, count: gradients.count).squareRoot()
    let normError = abs(norm / (expected["grad_norm_f64"]?.double ?? .nan) - 1)
    #expect(normError < tolerance.norm)
    let norms = try #require(expected["grad_norms_f64"])
    var tensorError = 0.0
    for tensor in adapter.namedTensors(of: gradients) {
      let found = norm2(tensor.values)
      let wanted = try #require(norms[tensor.name]?.double)
      #expect(abs(found - wanted) <= tolerance.tensorNorm * wanted, "\(tensor.name)")
      if wanted > 0 { tensorError = max(tensorError, abs(found / wanted - 1)) }
    }
    Measured.note("\(file) \(variant)", "loss \(lossError) norm \(normError) tensor \(tensorError)")
  }

  static func norm2(_ values: Matrix) -> Double {
    values.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}

/// Prints what was measured, where a person asked for it with TUNIX_RT_SHOW_PARITY.
enum Measured {
  static func note(_ what: String, _ numbers: String) {
    guard ProcessInfo.processInfo.environment["TUNIX_RT_SHOW_PARITY"] != nil else { return }
    print("parity: \(what): \(numbers)")
  }
}
