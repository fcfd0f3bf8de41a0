internal import DecoderModels
public import Foundations
internal import Rendering

extension TrainingConfiguration {
  /// Other spellings of keys that people already type (TRL, LLaMA-Factory, axolotl).
  public static let aliases: [String: String] = [
    "model_name_or_path": "model", "model_id": "model", "base_model": "model",
    "max_seq_length": "max_length", "cutoff_len": "max_length", "sequence_len": "max_length",
    "lora_rank": "lora_r", "lora_target": "target_modules", "num_epochs": "num_train_epochs",
    "lr_scheduler": "lr_scheduler_type", "min_lr_rate": "min_lr_ratio",
    "sample_packing": "packing", "evaluation_strategy": "eval_strategy",
    "template": "chat_template", "val_size": "eval_split_ratio", "val_set_size": "eval_split_ratio",
    "micro_batch_size": "per_device_train_batch_size",
    "eval_batch_size": "per_device_eval_batch_size",
  ]

  /// The keys, in the order in which they are written.
  public static let keys = [
    "model", "learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size",
    "gradient_accumulation_steps", "lr_scheduler_type", "warmup_ratio", "warmup_steps",
    "min_lr_ratio", "num_decay_steps", "decay_ratio", "decay_type", "weight_decay",
    "max_grad_norm", "max_length", "truncation", "packing", "finetuning_type", "lora_r",
    "lora_alpha", "target_modules", "use_rslora", "loraplus_lr_ratio", "lora_dropout", "seed",
    "initial_adapter", "eval_strategy", "eval_steps", "eval_file", "eval_split_ratio",
    "per_device_eval_batch_size", "early_stopping_patience", "early_stopping_threshold",
    "load_best_model_at_end", "save_steps", "save_total_limit", "gradient_checkpointing",
    "max_memory_gb", "chat_template",
  ]

  /// Reads the keys of an object; an unknown key, a repeated one and a wrong value are errors.
  public init(json: JSONValue) throws(SettingError) {
    var reader = try SettingObject(json, keys: Self.keys, aliases: Self.aliases)
    guard let model = try reader.text("model") else {
      throw SettingError(
        key: "model",
        reason: "is missing; name a model of the catalogue or a path"
      )
    }
    self.init(model: model)
    try readSteps(reader)
    try readSchedule(reader)
    try readAdapter(&reader)
    try readEvaluation(reader)
    try readCheckpoints(reader)
    try check(reader)
  }

  private mutating func readSteps(_ reader: SettingObject) throws(SettingError) {
    try reader.positive("learning_rate", into: &learningRate)
    try reader.positive("num_train_epochs", to: 1e6, into: &numTrainEpochs)
    maxSteps = try reader.whole("max_steps", from: 1)
    try reader.whole("per_device_train_batch_size", from: 1, into: &perDeviceTrainBatchSize)
    try reader.whole("gradient_accumulation_steps", from: 1, into: &gradientAccumulationSteps)
    try reader.number("weight_decay", in: 0...1, into: &weightDecay)
    try reader.number("max_grad_norm", in: 0...1e9, into: &maxGradNorm)
    try reader.whole("max_length", from: 2, into: &maxLength)
    try reader.flag("truncation", into: &truncation)
    try reader.flag("packing", into: &packing)
    chatTemplate = try readTemplate(reader)
    if let value = try reader.whole("seed", from: 0, to: .max) { seed = UInt64(value) }
  }

  private mutating func readSchedule(_ reader: SettingObject) throws(SettingError) {
    typealias Shape = LearningRateSchedule.Shape
    typealias Decay = LearningRateSchedule.Decay
    lrSchedulerType =
      try reader.choice("lr_scheduler_type", Shape.names, Shape.init(named:)) ?? lrSchedulerType
    try reader.number("warmup_ratio", in: 0...1, into: &warmupRatio)
    try reader.whole("warmup_steps", from: 0, into: &warmupSteps)
    try reader.number("min_lr_ratio", in: 0...1, into: &minLRRatio)
    numDecaySteps = try reader.whole("num_decay_steps", from: 1)
    decayRatio = try reader.number("decay_ratio", in: 0...1)
    decayType = try reader.choice("decay_type", Decay.names, Decay.init(rawValue:))
  }

  private mutating func readAdapter(_ reader: inout SettingObject) throws(SettingError) {
    finetuningType =
      try reader.choice("finetuning_type", "lora, full", FinetuningType.init(rawValue:))
      ?? finetuningType
    try reader.whole("lora_r", from: 1, into: &loraR)
    try reader.positive("lora_alpha", into: &loraAlpha)
    targetModules = try Self.targets(&reader) ?? targetModules
    try reader.flag("use_rslora", into: &useRSLoRA)
    try reader.positive("loraplus_lr_ratio", to: 1e6, into: &loraPlusLRRatio)
    try reader.number("lora_dropout", in: 0...0.999, into: &loraDropout)
    initialAdapter = try reader.text("initial_adapter")
  }

  private mutating func readEvaluation(_ reader: SettingObject) throws(SettingError) {
    evalSteps = try reader.whole("eval_steps", from: 1)
    evalFile = try reader.text("eval_file")
    evalSplitRatio = try reader.number("eval_split_ratio", in: 0...0.999)
    if evalSplitRatio == 0 { evalSplitRatio = nil }
    let likely: EvaluationStrategy =
      evalSteps != nil ? .steps : evalFile != nil || evalSplitRatio != nil ? .epoch : .no
    evalStrategy =
      try reader.choice(
        "eval_strategy",
        "no, steps, epoch",
        EvaluationStrategy.init(rawValue:)
      ) ?? likely
    try reader.whole("per_device_eval_batch_size", from: 1, into: &perDeviceEvalBatchSize)
    earlyStoppingPatience = try reader.whole("early_stopping_patience", from: 1)
    try reader.number("early_stopping_threshold", in: 0...1e9, into: &earlyStoppingThreshold)
    try reader.flag("load_best_model_at_end", into: &loadBestModelAtEnd)
  }

  private mutating func readCheckpoints(_ reader: SettingObject) throws(SettingError) {
    saveSteps = try reader.whole("save_steps", from: 1)
    saveTotalLimit = try reader.whole("save_total_limit", from: 1)
    if let value = reader.value("gradient_checkpointing") {
      switch value {
      case .bool(true): gradientCheckpointing = .on
      case .bool(false): gradientCheckpointing = .off
      case .string("auto"): gradientCheckpointing = .auto
      default:
        throw reader.refusal(
          "gradient_checkpointing",
          "true, false or auto",
          found: value.compact
        )
      }
    }
    if reader.value("max_memory_gb") != nil {
      var limit = 0.0
      try reader.positive("max_memory_gb", to: 1e6, into: &limit)
      maxMemoryGB = limit
    }
  }

  private func readTemplate(_ reader: SettingObject) throws(SettingError) -> String? {
    guard let name = try reader.text("chat_template") else { return nil }
    let known = ChatTemplate.allCases.map(\.rawValue)
    guard known.contains(name) else {
      throw reader.refusal("chat_template", known.joined(separator: ", "), found: name)
    }
    return name
  }

  private static func targets(
    _ reader: inout SettingObject
  ) throws(SettingError) -> [Projection]? {
    guard let value = reader.value("target_modules") else { return nil }
    if value.string == "all-linear" || value.string == "all" { return Projection.allCases }
    let names = value.array?.map { $0.string ?? $0.compact } ?? [value.string ?? value.compact]
    guard !names.isEmpty else {
      throw reader.refusal("target_modules", "at least one projection", found: "an empty list")
    }
    var targets: [Projection] = []
    for name in names {
      guard let projection = Projection(rawValue: name) else {
        let known = Projection.allCases.map(\.rawValue).joined(separator: ", ")
        throw reader.refusal("target_modules", "all-linear or a list of \(known)", found: name)
      }
      targets.append(projection)
    }
    return Projection.allCases.filter(targets.contains)
  }
}
