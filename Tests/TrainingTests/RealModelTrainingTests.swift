import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels
@testable import Training

/// Ten steps on SmolLM2-135M-Instruct against the field's reference losses.
@Suite(.enabled(if: TestModel.hasSmolLM2, "the model file is not on this machine"), .serialized)
struct RealModelTrainingTests {
  @Test(arguments: ["b_zero", "b_random"])
  func `ten steps in f32 give the reference's losses`(variant: String) throws {
    let fixture = try Fixture.json("lora_sft_smollm2.json")
    let expected = (fixture["variants"]?[variant]?["losses"]?.array ?? []).compactMap(\.double)
    let lora = try #require(fixture["lora"])
    let optimiser = try #require(fixture["optimiser"])
    let source = try ModelSource.open(try #require(TestModel.smolLM2))
    let model = try DecoderModels.open(
      source.tensors,
      configuration: source.configuration,
      dataType: .f32
    )
    let adapter = try LoRAAdapter(
      try LoRAConfiguration(
        r: try #require(lora["r"]?.int),
        alpha: try #require(lora["alpha"]?.double)
      ),
      model: source.configuration
    )
    try adapter.fill(
      from: try SafetensorsFile(mapping: Fixture.url("lora_init_smollm2.safetensors"))
    )
    if variant == "b_zero" { adapter.zeroOutputSides() }
    let rows = try TinyTraining.rows(fixture)
    var configuration = TinyTraining.configuration()
    configuration.learningRate = try #require(optimiser["lr"]?.double)
    configuration.weightDecay = try #require(optimiser["weight_decay"]?.double)
    configuration.perDeviceTrainBatchSize = rows.count

    let losses = try TinyTraining.losses(
      try Trainer(
        model,
        set: try TrainingSet(rows, maxLength: 2048, truncates: false, vocabularySize: 49_152),
        configuration: configuration,
        initialAdapter: adapter
      )
    )

    #expect(losses.count == 11 && expected.count == 11)
    for (step, pair) in zip(losses, expected).enumerated() {
      #expect(abs(pair.0 - pair.1) < 1e-4, "after \(step) steps: \(pair.0), \(pair.1)")
    }
  }
}
