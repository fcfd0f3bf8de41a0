public import Foundation
public import Foundations

/// The random two-layer model of `Fixtures/tiny/llama`, and its training fixture.
public enum TinyLlama {
  /// The model's folder; its context holds 128 tokens.
  public static let url = Fixture.url("tiny/llama")

  /// A copy whose settings differ in some members, for example a longer context.
  ///
  /// Attention has no learned positions, so a longer context changes no number.
  public static func copy(
    in folder: ScratchFolder,
    named name: String = "model",
    settings: JSONValue = ["max_position_embeddings": 2048]
  ) throws -> URL {
    var config = try Fixture.json("tiny/llama/config.json")
    for member in settings.object ?? [] { config = config.setting(member.key, to: member.value) }
    try folder.write(config.pretty, to: "\(name)/config.json")
    for file in ["model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
      try FileManager.default.copyItem(
        at: url.appending(path: file),
        to: folder.file("\(name)/\(file)")
      )
    }
    return folder.file(name)
  }

  /// What the reference says of training this model.
  public static func training() throws -> JSONValue {
    try Fixture.json("tiny/llama/fixture.json")["lora_training"] ?? .null
  }

  /// The reference's batch as rows of a data file, each up to its last attended token.
  public static func rows() throws -> [JSONValue] {
    let batch = try training()["batch"] ?? .null
    let lists = ["input_ids", "labels", "attention_mask"].map { batch[$0]?.array ?? [] }
    return zip(lists[0], zip(lists[1], lists[2])).map { ids, rest in
      let length = (rest.1.array ?? []).count { $0.int == 1 }
      return [
        "input_ids": .array(Array((ids.array ?? []).prefix(length))),
        "labels": .array(Array((rest.0.array ?? []).prefix(length))),
      ]
    }
  }

  /// The losses of the reference before training and after each of ten steps.
  public static func losses() throws -> [Double] {
    try training()["variants"]?["b_random"]?["losses"]?.array?.compactMap(\.double) ?? []
  }

  /// The reference's starting adapter as a folder in PEFT's format.
  @discardableResult
  public static func initialAdapter(in folder: ScratchFolder) throws -> URL {
    let settings: JSONValue = [
      "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "lora_dropout": 0,
      "bias": "none",
      "target_modules": [
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
      ],
    ]
    try folder.write(settings.pretty, to: "initial/adapter_config.json")
    try FileManager.default.copyItem(
      at: Fixture.url("tiny/llama/lora_init.safetensors"),
      to: folder.file("initial/adapter_model.safetensors")
    )
    return folder.file("initial")
  }

  /// A configuration with the reference's optimiser: constant rate, no clipping, on one batch.
  public static func configuration(model: URL, adapter: URL?, steps: Int = 11) -> String {
    let initial = adapter.map { "\ninitial_adapter: \($0.path)" } ?? ""
    return """
      model: \(model.path)
      learning_rate: 1.0e-3
      max_steps: \(steps)
      per_device_train_batch_size: 4
      lr_scheduler_type: constant
      weight_decay: 0.01
      max_grad_norm: 0
      lora_r: 4
      lora_alpha: 8\(initial)

      """
  }
}
