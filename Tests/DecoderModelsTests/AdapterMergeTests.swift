import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

struct AdapterMergeTests {
  @Test(arguments: ["plain", "rslora_qv"])
  func `a merged model gives the logits of PEFT's merged model`(name: String) throws {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    let merged = try AdapterMerge(try adapter(name, source), into: source.tensors)
    let expected = try SafetensorsFile(mapping: Fixture.url("peft_adapter/logits.safetensors"))
      .floats(of: "\(name).merged_last_8")
    let ids = Parity.ids(try Fixture.json("peft_adapter/expected.json")["ids"])

    let model = try LlamaModel(merged, configuration: source.configuration, dataType: .f32)
    let logits = try Parity.logits(model, ids)

    #expect(expected.count == 8 * 512)
    let last = logits.values.suffix(expected.count)
    #expect((zip(last, expected).map { abs($0 - $1) }.max() ?? .infinity) < 5e-5)
    let applied = try Parity.logits(
      try Parity.tiny.get(),
      ids,
      adapter: try adapter(name, source)
    )
    #expect((zip(logits.values, applied.values).map { abs($0 - $1) }.max() ?? 1) < 1e-4)
  }

  @Test func `a merged row is PEFT's`() throws {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    let merged = try AdapterMerge(try adapter("plain", source), into: source.tensors)
    let expected = Parity.floats(
      try Fixture.json("peft_adapter/expected.json")["variants"]?["plain"]?[
        "merged_layer0_q_proj_first_row"
      ]
    )

    let row = try merged.floats(of: "model.layers.0.self_attn.q_proj.weight").prefix(64)

    #expect(expected.count == 64)
    #expect(zip(row, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 })
  }

  @Test func `a model whose linear layers are transposed gets the transposed change`() throws {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    var configuration = source.configuration
    let name = "model.layers.1.mlp.up_proj.weight"
    let plain = try AdapterMerge(try adapter("plain", source), into: source.tensors)
    configuration.family = .gpt2
    let sizes = try AdapterFolder.read(
      Fixture.url("peft_adapter/plain"),
      model: configuration
    )

    let turned = try AdapterMerge(sizes, into: Transposed(base: source.tensors))

    let (rows, columns) = (96, 64)
    let expected = try plain.floats(of: name)
    let values = try turned.floats(of: name)
    #expect(turned.shape(of: name) == [columns, rows])
    for row in 0..<rows {
      for column in 0..<columns {
        let difference = values[column * rows + row] - expected[row * columns + column]
        #expect(abs(difference) < 1e-6)
      }
    }
  }

  @Test func `an adapter that does not fit the model's tensors is refused`() throws {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    let adapter = try adapter("plain", source)

    #expect(throws: FormatError.self) {
      try AdapterMerge(adapter, into: ModelSource.open(Fixture.url("tiny/qwen3")).tensors)
    }
  }

  private func adapter(_ name: String, _ source: ModelSource) throws -> LoRAAdapter {
    try AdapterFolder.read(
      Fixture.url("peft_adapter/\(name)"),
      model: source.configuration
    )
  }
}

/// A model's matrices with rows and columns exchanged.
private struct Transposed: TensorSource {
  let base: any TensorSource

  var path: String { base.path }
  var names: [String] { base.names }

  func shape(of name: String) -> [Int]? { base.shape(of: name)?.reversed() }

  func elementType(of name: String) -> ElementType? { base.elementType(of: name) }

  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    let values = try base.floats(of: name)
    let columns = base.shape(of: name)?[0] ?? 0
    let inputs = values.count / columns
    for row in rows {
      for column in 0..<columns {
        destination[(row - rows.lowerBound) * columns + column] = values[column * inputs + row]
      }
    }
  }
}
