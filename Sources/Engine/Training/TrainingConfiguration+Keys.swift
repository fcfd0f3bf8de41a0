internal import DecoderModels
public import Foundations

extension TrainingConfiguration {
  /// Other spellings of keys that people already type (TRL, LLaMA-Factory, axolotl).
  public static let aliases: [String: String] = [
    "model_name_or_path": "model", "model_id": "model", "base_model": "model",
    "max_seq_length": "max_length", "cutoff_len": "max_length", "sequence_len": "max_length",
    "lora_rank": "lora_r", "lora_target": "target_modules", "num_epochs": "num_train_epochs",
    "lr_scheduler": "lr_scheduler_type",
  ]

  /// The keys, in the order in which they are written.
  public static let keys = [
    "model", "learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size",
    "gradient_accumulation_steps", "lr_scheduler_type", "warmup_ratio", "warmup_steps",
    "weight_decay", "max_grad_norm", "max_length", "truncation", "lora_r", "lora_alpha",
    "target_modules", "use_rslora", "seed", "initial_adapter",
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
    try reader.positive("learning_rate", into: &learningRate)
    try reader.positive("num_train_epochs", to: 1e6, into: &numTrainEpochs)
    maxSteps = try reader.whole("max_steps", from: 1)
    try reader.whole("per_device_train_batch_size", from: 1, into: &perDeviceTrainBatchSize)
    try reader.whole("gradient_accumulation_steps", from: 1, into: &gradientAccumulationSteps)
    if let name = try reader.text("lr_scheduler_type") {
      guard let shape = LearningRateSchedule.Shape(rawValue: name) else {
        throw reader.refusal(
          "lr_scheduler_type",
          "a name of \(LearningRateSchedule.Shape.names)",
          found: name
        )
      }
      lrSchedulerType = shape
    }
    try reader.number("warmup_ratio", in: 0...1, into: &warmupRatio)
    try reader.whole("warmup_steps", from: 0, into: &warmupSteps)
    try reader.number("weight_decay", in: 0...1, into: &weightDecay)
    try reader.number("max_grad_norm", in: 0...1e9, into: &maxGradNorm)
    try reader.whole("max_length", from: 2, into: &maxLength)
    try reader.flag("truncation", into: &truncation)
    try reader.whole("lora_r", from: 1, into: &loraR)
    try reader.positive("lora_alpha", into: &loraAlpha)
    targetModules = try Self.targets(&reader) ?? targetModules
    try reader.flag("use_rslora", into: &useRSLoRA)
    if let value = try reader.whole("seed", from: 0, to: .max) { seed = UInt64(value) }
    initialAdapter = try reader.text("initial_adapter")
  }

  /// Every key with its value in force, for a run's manifest.
  public var json: JSONValue {
    [
      "model": .string(model),
      "learning_rate": JSONValue(learningRate),
      "num_train_epochs": JSONValue(numTrainEpochs),
      "max_steps": maxSteps.map { JSONValue($0) } ?? .null,
      "per_device_train_batch_size": JSONValue(perDeviceTrainBatchSize),
      "gradient_accumulation_steps": JSONValue(gradientAccumulationSteps),
      "lr_scheduler_type": .string(lrSchedulerType.rawValue),
      "warmup_ratio": JSONValue(warmupRatio),
      "warmup_steps": JSONValue(warmupSteps),
      "weight_decay": JSONValue(weightDecay),
      "max_grad_norm": JSONValue(maxGradNorm),
      "max_length": JSONValue(maxLength),
      "truncation": .bool(truncation),
      "lora_r": JSONValue(loraR),
      "lora_alpha": JSONValue(loraAlpha),
      "target_modules": .array(targetModules.map { .string($0.rawValue) }),
      "use_rslora": .bool(useRSLoRA),
      "seed": JSONValue(seed),
      "initial_adapter": initialAdapter.map { JSONValue($0) } ?? .null,
    ]
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
