public import Foundations

/// Made-up rows for the tiny model, in groups of two.
public enum TinyRows {
  /// Rows of 6 to 30 tokens, the second half of each learned; the same for the same seed.
  public static func make(_ count: Int, seed: UInt64 = 5) -> [JSONValue] {
    var random = RandomStream(seed: seed, name: "tiny rows")
    return (0..<count).map { row in
      let ids = (0..<random.int(in: 6...30)).map { _ in random.int(in: 1...500) }
      return [
        "input_ids": .array(ids.map { JSONValue($0) }),
        "labels": .array(
          ids.enumerated().map { JSONValue($0.offset > ids.count / 2 ? $0.element : -100) }
        ),
        "group_key": .string("group-\(row / 2)"),
      ]
    }
  }

  /// Settings that give a run every kind of state: packing, accumulation, a schedule, LoRA+,
  /// evaluation, the best parameters, checkpoints.
  public static func settings(steps: Int, saveSteps: Int, keeping limit: Int = 2) -> String {
    """
    learning_rate: 0.02
    max_steps: \(steps)
    per_device_train_batch_size: 1
    gradient_accumulation_steps: 2
    lr_scheduler_type: wsd
    warmup_steps: 2
    decay_ratio: 0.3
    weight_decay: 0.01
    packing: true
    max_length: 40
    lora_r: 4
    lora_alpha: 8
    loraplus_lr_ratio: 4
    lora_dropout: 0.1
    eval_steps: 5
    eval_split_ratio: 0.25
    load_best_model_at_end: true
    save_steps: \(saveSteps)
    save_total_limit: \(limit)

    """
  }
}
