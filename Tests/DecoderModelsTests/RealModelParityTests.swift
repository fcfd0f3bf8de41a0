import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

/// SmolLM2-135M-Instruct against the field's reference numbers.
@Suite(.enabled(if: TestModel.hasSmolLM2, "the model file is not on this machine"), .serialized)
struct RealModelParityTests {
  static let model = Result { try Parity.model(try #require(TestModel.smolLM2)) }

  @Test(arguments: 0..<6)
  func `SmolLM2 gives the reference's best logits`(index: Int) throws {
    let entry = try #require(try Fixture.json("logits_smollm2.json")["entries"]?.array?[index])
    let ids = Parity.ids(entry["ids"])

    let logits = try Parity.logits(try Self.model.get(), ids)

    let row = ids.count - 1
    let expected = zip(Parity.ids(entry["top_ids"]), Parity.floats(entry["top_logits"]))
    for (id, logit) in expected { #expect(abs(Double(logits[row, Int(id)]) - logit) < 2e-4) }
    let best = topOfRow(logits, row: row, count: 1)
    #expect(best.first?.id == Parity.ids(entry["top_ids"]).first)
    let sum = logSumExpRows(logits.rowSlice(row..<row + 1))[0]
    #expect(abs(Double(sum) - (entry["logsumexp"]?.double ?? .nan)) < 1e-4)
  }

  @Test func `the residual stream has the reference's norm after every block`() throws {
    let entries = try #require(try Fixture.json("logits_smollm2.json")["entries"]?.array)
    var checked = 0
    for entry in entries {
      guard let layers = entry["layers"]?.array else { continue }
      let ids = Parity.ids(entry["ids"])
      var norms: [Double] = []

      _ = try Parity.logits(try Self.model.get(), ids) { _, residual in
        let last = residual.rowSlice(ids.count - 1..<ids.count).values
        norms.append(last.map { Double($0) * Double($0) }.reduce(0, +).squareRoot())
      }

      // The fixture's last entry is after the final norm, which the head applies.
      for (found, layer) in zip(norms, layers) {
        let wanted = layer["l2"]?.double ?? .nan
        #expect(abs(found / wanted - 1) < 1e-5, "\(layer["after"]?.string ?? "")")
        checked += 1
      }
    }
    #expect(checked >= 62)
  }

  @Test(arguments: ["b_zero", "b_random"])
  func `loss and gradients of one batch equal the reference's`(variant: String) throws {
    try Parity.checkGradients(
      try Self.model.get(),
      try Fixture.json("lora_sft_smollm2.json"),
      variant,
      file: "lora_init_smollm2.safetensors",
      tolerance: .init(loss: 5e-5, norm: 2e-5, tensorNorm: 1e-3)
    )
  }
}
