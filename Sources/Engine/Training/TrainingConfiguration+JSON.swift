import DecoderModels
internal import DecoderModels
public import Foundations

extension TrainingConfiguration {
  /// Every key with its value in force, for a run's manifest.
  public var json: JSONValue {
    .object(
      [stepMembers, scheduleMembers, adapterMembers, evaluationMembers, otherMembers].flatMap(
        \.self
      )
    )
  }

  private typealias Member = JSONValue.Member

  private var stepMembers: [JSONValue.Member] {
    [
      Member(key: "model", value: .string(model)),
      Member(key: "learning_rate", value: JSONValue(learningRate)),
      Member(key: "num_train_epochs", value: JSONValue(numTrainEpochs)),
      Member(key: "max_steps", value: Self.json(maxSteps)),
      Member(key: "per_device_train_batch_size", value: JSONValue(perDeviceTrainBatchSize)),
      Member(key: "gradient_accumulation_steps", value: JSONValue(gradientAccumulationSteps)),
    ]
  }

  private var scheduleMembers: [JSONValue.Member] {
    [
      Member(key: "lr_scheduler_type", value: .string(lrSchedulerType.rawValue)),
      Member(key: "warmup_ratio", value: JSONValue(warmupRatio)),
      Member(key: "warmup_steps", value: JSONValue(warmupSteps)),
      Member(key: "min_lr_ratio", value: JSONValue(minLRRatio)),
      Member(key: "num_decay_steps", value: Self.json(numDecaySteps)),
      Member(key: "decay_ratio", value: Self.json(decayRatio)),
      Member(key: "decay_type", value: JSONValue(optional: decayType?.rawValue)),
      Member(key: "weight_decay", value: JSONValue(weightDecay)),
      Member(key: "max_grad_norm", value: JSONValue(maxGradNorm)),
      Member(key: "max_length", value: JSONValue(maxLength)),
      Member(key: "truncation", value: .bool(truncation)),
      Member(key: "packing", value: .bool(packing)),
    ]
  }

  private var adapterMembers: [JSONValue.Member] {
    [
      Member(key: "finetuning_type", value: .string(finetuningType.rawValue)),
      Member(key: "lora_r", value: JSONValue(loraR)),
      Member(key: "lora_alpha", value: JSONValue(loraAlpha)),
      Member(
        key: "target_modules",
        value: targetModules == Projection.allCases
          ? "all-linear" : .array(targetModules.map { .string($0.rawValue) })
      ),
      Member(key: "use_rslora", value: .bool(useRSLoRA)),
      Member(key: "loraplus_lr_ratio", value: JSONValue(loraPlusLRRatio)),
      Member(key: "lora_dropout", value: JSONValue(loraDropout)),
      Member(key: "seed", value: JSONValue(seed)),
      Member(key: "initial_adapter", value: JSONValue(optional: initialAdapter)),
    ]
  }

  private var evaluationMembers: [JSONValue.Member] {
    [
      Member(key: "eval_strategy", value: .string(evalStrategy.rawValue)),
      Member(key: "eval_steps", value: Self.json(evalSteps)),
      Member(key: "eval_file", value: JSONValue(optional: evalFile)),
      Member(key: "eval_split_ratio", value: Self.json(evalSplitRatio)),
      Member(key: "per_device_eval_batch_size", value: JSONValue(perDeviceEvalBatchSize)),
      Member(key: "early_stopping_patience", value: Self.json(earlyStoppingPatience)),
      Member(key: "early_stopping_threshold", value: JSONValue(earlyStoppingThreshold)),
      Member(key: "load_best_model_at_end", value: .bool(loadBestModelAtEnd)),
    ]
  }

  private var otherMembers: [JSONValue.Member] {
    let checkpointing: JSONValue =
      switch gradientCheckpointing {
      case .on: true
      case .off: false
      case .auto: "auto"
      }
    return [
      Member(key: "save_steps", value: Self.json(saveSteps)),
      Member(key: "save_total_limit", value: Self.json(saveTotalLimit)),
      Member(key: "gradient_checkpointing", value: checkpointing),
      Member(key: "max_memory_gb", value: Self.json(maxMemoryGB)),
      Member(key: "chat_template", value: JSONValue(optional: chatTemplate)),
    ]
  }

  private static func json(_ value: Int?) -> JSONValue { value.map { JSONValue($0) } ?? .null }

  private static func json(_ value: Double?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
}
