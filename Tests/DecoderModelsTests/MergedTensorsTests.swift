import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

struct MergedTensorsTests {
  @Test(arguments: ["plain", "rslora_qv"])
  func `a merged model gives PEFT's merged logits`(name: String) throws {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    let adapter = try AdapterFolder.read(
      Fixture.url("peft_adapter/\(name)"),
      model: source.configuration
    )
    let expected = try Fixture.json("peft_adapter/expected.json")
    let ids = Parity.ids(expected["ids"])
    let logits = try SafetensorsFile(mapping: Fixture.url("peft_adapter/logits.safetensors"))
      .floats(of: "\(name).merged_last_8")

    let merged = try MergedTensors(source.tensors, adapter: adapter)
    let model = try DecoderModels.open(
      merged,
      configuration: source.configuration,
      dataType: .f32
    )

    let found = try Parity.logits(model, ids)
    let last = found.rowSlice(found.rows - 8..<found.rows).values
    #expect(Parity.worst(last, logits) < 1e-4)
    let applied = try Parity.logits(try Parity.tiny.get(), ids, adapter: adapter)
    #expect(Parity.worst(found.values, applied.values) < 1e-4)
    Measured.note("merged \(name)", "\(Parity.worst(last, logits))")
    let query = "model.layers.0.self_attn.q_proj.weight"
    let row = Parity.floats(expected["variants"]?[name]?["merged_layer0_q_proj_first_row"])
    let values = try merged.floats(of: query)
    #expect(row.count == 64)
    #expect((zip(values, row).map { abs(Double($0) - $1) }.max() ?? .infinity) < 1e-6)
  }

  @Test func `a merged GPT-2 gives the logits of the applied adapter`() throws {
    let source = try ModelSource.open(Fixture.url("tiny/gpt2"))
    let base = try FamilyParityTests.model(.gpt2)
    let adapter = try Parity.adapter(
      try FamilyParityTests.training(.gpt2),
      base,
      file: "tiny/gpt2/lora_init.safetensors",
      zeroB: false
    )
    let ids: [Int32] = [5, 77, 300, 21, 8]

    let merged = try DecoderModels.open(
      try MergedTensors(source.tensors, adapter: adapter),
      configuration: source.configuration,
      dataType: .f32
    )

    let applied = try Parity.logits(base, ids, adapter: adapter).values
    #expect(Parity.worst(try Parity.logits(merged, ids).values, applied) < 1e-4)
    #expect(Parity.worst(try Parity.logits(base, ids).values, applied) > 0.01)
  }

  @Test func `tensors that the adapter leaves alone are the base's`() throws {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    let adapter = try AdapterFolder.read(
      Fixture.url("peft_adapter/rslora_qv"),
      model: source.configuration
    )
    let merged = try MergedTensors(source.tensors, adapter: adapter)

    let changed = try source.tensors.names.filter {
      try merged.floats(of: $0) != source.tensors.floats(of: $0)
    }

    #expect(changed.count == 2 * source.configuration.layers)
    #expect(changed.allSatisfy { $0.contains("q_proj") || $0.contains("v_proj") })
  }
}
