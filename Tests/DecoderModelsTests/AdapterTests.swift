import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

struct AdapterTests {
  @Test(arguments: ["plain", "rslora_qv"])
  func `an adapter that PEFT saved gives PEFT's logits`(name: String) throws {
    let model = try Parity.tiny.get()
    let adapter = try AdapterFolder.read(
      Fixture.url("peft_adapter/\(name)"),
      model: model.configuration
    )
    let expected = try SafetensorsFile(mapping: Fixture.url("peft_adapter/logits.safetensors"))
      .floats(of: "\(name).applied")
    let ids = Parity.ids(try Fixture.json("peft_adapter/expected.json")["ids"])

    let logits = try Parity.logits(model, ids, adapter: adapter)

    #expect(logits.values.count == expected.count)
    #expect((zip(logits.values, expected).map { abs($0 - $1) }.max() ?? .infinity) < 5e-5)
  }

  @Test func `an adapter written here has the tensors and settings that PEFT wrote`() throws {
    let model = try Parity.tiny.get()
    let source = Fixture.url("peft_adapter/rslora_qv")
    let folder = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }

    try AdapterFolder.write(
      try AdapterFolder.read(source, model: model.configuration),
      baseModel: "tiny",
      to: folder
    )

    let theirs = try Data(contentsOf: source.appending(path: AdapterFolder.parametersName))
    let ours = try Data(contentsOf: folder.appending(path: AdapterFolder.parametersName))
    #expect(ours == theirs)
    let written = try JSONValue(
      parsing: Array(try Data(contentsOf: folder.appending(path: AdapterFolder.configurationName)))
    )
    let reference = try Fixture.json("peft_adapter/rslora_qv/adapter_config.json")
    #expect(written["lora_dropout"]?.double == reference["lora_dropout"]?.double)
    for key in [
      "r", "lora_alpha", "use_rslora", "peft_type", "task_type", "bias", "fan_in_fan_out",
    ] {
      #expect(written[key]?.compact == reference[key]?.compact, "\(key)")
    }
  }

  @Test func `a GPT-2 adapter goes to disk under GPT-2's names and comes back`() throws {
    let fixture = try FamilyParityTests.training(.gpt2)
    let model = try FamilyParityTests.model(.gpt2)
    let file = "tiny/gpt2/lora_init.safetensors"
    let adapter = try Parity.adapter(fixture, model, file: file, zeroB: false)
    let folder = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }

    try AdapterFolder.write(adapter, baseModel: "tiny", to: folder)
    let again = try AdapterFolder.read(folder, model: model.configuration)

    let source = try SafetensorsFile(mapping: Fixture.url(file))
    let written = try SafetensorsFile(
      mapping: folder.appending(path: AdapterFolder.parametersName)
    )
    #expect(Set(written.names) == Set(source.names))
    for name in source.names { #expect(try written.floats(of: name) == source.floats(of: name)) }
    #expect(again.configuration == adapter.configuration)
    let settings = try JSONValue(
      parsing: Array(try Data(contentsOf: folder.appending(path: AdapterFolder.configurationName)))
    )
    #expect(settings["fan_in_fan_out"]?.bool == true)
    #expect(settings["target_modules"]?.array?.count == 3)
  }

  @Test func `the settings say which dropout the adapter was trained with`() throws {
    let model = try Parity.tiny.get().configuration
    let folder = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let adapter = try LoRAAdapter(
      try LoRAConfiguration(r: 4, alpha: 8, dropout: 0.05),
      model: model
    )

    try AdapterFolder.write(adapter.withDropout(0.1), baseModel: "tiny", to: folder)

    let settings = try Data(contentsOf: folder.appending(path: AdapterFolder.configurationName))
    #expect(try JSONValue(parsing: Array(settings))["lora_dropout"]?.double == 0.1)
    #expect(try AdapterFolder.read(folder, model: model).configuration.dropout == 0.1)
  }

  @Test func `an adapter that names another family's projection is refused with the known ones`() {
    let error = #expect(throws: ModelError.self) {
      try LoRAAdapter(
        try LoRAConfiguration(r: 4, alpha: 8, targets: [.query, .fusedAttention]),
        model: try Parity.tiny.get().configuration
      )
    }

    #expect(error?.description.contains("c_attn") == true)
    #expect(error?.description.contains("q_proj, k_proj") == true)
  }

  @Test(arguments: [
    (#""use_dora": true"#, "use_dora"), (#""rank_pattern": {"q_proj": 2}"#, "rank_pattern"),
    (#""bias": "all""#, "bias is all"), (#""modules_to_save": ["lm_head"]"#, "modules_to_save"),
    (#""target_modules": ["c_attn"]"#, "c_attn"), (#""peft_type": "IA3""#, "peft_type"),
  ])
  func `settings that the engine does not do are refused by name`(
    setting: String,
    word: String
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let plain = #""peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]"#
    try Data("{\(plain), \(setting)}".utf8)
      .write(to: folder.appending(path: AdapterFolder.configurationName))

    let error = #expect(throws: ModelError.self) {
      try AdapterFolder.read(folder, model: try Parity.tiny.get().configuration)
    }

    #expect(error?.description.contains(word) == true)
  }

  @Test func `an adapter for another model is refused with both shapes`() throws {
    let source = try SafetensorsFile(
      mapping: Fixture.url("peft_adapter/plain/adapter_model.safetensors")
    )
    let adapter = try LoRAAdapter(
      try LoRAConfiguration(r: 4, alpha: 8),
      model: try Parity.tiny.get().configuration
    )

    let error = #expect(throws: ModelError.self) { try adapter.fill(from: source) }

    #expect(error?.description.contains("expected [4, 64]") == true)
  }
}
