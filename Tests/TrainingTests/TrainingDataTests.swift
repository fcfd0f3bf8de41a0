import DecoderModels
import Foundations
import ModelFormats
import Rendering
import TestSupport
import Testing
import Tokenization

@testable import Training

struct RowEncoderTests {
  private func encoder() throws -> RowEncoder {
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    return RowEncoder(tokenizer: try Tokenizer(of: source), template: .smollm2)
  }

  @Test func `a conversation's mask covers the answer and its end token and nothing else`() throws {
    let json: JSONValue = [
      "messages": [
        ["role": "user", "content": "Hi"], ["role": "assistant", "content": "Hello!"],
      ]
    ]
    let tokenizer = try Tokenizer(of: try ModelSource.open(Fixture.url("tiny/llama")))

    let row = try encoder().row(json, number: 1)

    let learned = zip(row.ids, row.isSupervised).filter(\.1).map(\.0)
    #expect(tokenizer.decode(learned, skipSpecial: false) == "Hello!<|im_end|>")
    #expect(row.supervisedCount == learned.count)
  }

  @Test func `a training example equals the conversation of its prompt and response`() throws {
    let pair: JSONValue = ["prompt": "2 + 2?", "response": "Answer: 4"]
    let chat: JSONValue = [
      "messages": [
        ["role": "user", "content": "2 + 2?"], ["role": "assistant", "content": "Answer: 4"],
      ]
    ]
    #expect(try encoder().row(pair, number: 1) == encoder().row(chat, number: 1))
  }

  @Test func `tokens with labels are taken as they are`() throws {
    let row = try encoder().row(
      ["input_ids": [5, 6, 7], "labels": [-100, 6, -100]],
      number: 1
    )
    #expect(row == TrainingRow(ids: [5, 6, 7], isSupervised: [false, true, false]))
  }

  @Test(arguments: [
    #"{"text": "x"}"#, #"{"input_ids": [1, 2], "labels": [1]}"#,
    #"{"input_ids": [1, 2], "labels": [1, 3]}"#, #"{"input_ids": [1, "x"], "labels": [1, 2]}"#,
    #"{"messages": [{"role": "robot", "content": "x"}]}"#, #"{"messages": 3}"#,
  ])
  func `a broken row is refused with its number`(text: String) throws {
    let json = try JSONValue(parsing: text)
    let error = #expect(throws: TrainingDataError.self) { try encoder().row(json, number: 17) }
    #expect(error?.description.hasPrefix("row 17: ") == true)
  }
}

struct TrainingSetTests {
  private func row(_ length: Int, learnedFrom: Int) -> TrainingRow {
    TrainingRow(
      ids: (0..<length).map(Int32.init),
      isSupervised: (0..<length).map { $0 >= learnedFrom }
    )
  }

  private func error(_ rows: [TrainingRow], truncates: Bool = false) -> String {
    let found = #expect(throws: TrainingDataError.self) {
      try TrainingSet(rows, maxLength: 10, truncates: truncates, vocabularySize: 50)
    }
    return found?.description ?? ""
  }

  @Test func `an empty set is refused`() {
    #expect(error([]).contains("no training rows"))
  }

  @Test func `a row that teaches nothing is refused`() {
    #expect(
      error([row(5, learnedFrom: 1), row(5, learnedFrom: 5)]).contains("row 2 has no supervised")
    )
    #expect(error([TrainingRow(ids: [1, 2], isSupervised: [true, false])]).contains("row 1"))
  }

  @Test func `a row that is too long is refused with both counts`() {
    #expect(error([row(11, learnedFrom: 1)]).contains("has 11 tokens and max_length is 10"))
  }

  @Test func `a row beyond the model's context is told the context, not max_length`() {
    let found = #expect(throws: TrainingDataError.self) {
      try TrainingSet(
        [row(11, learnedFrom: 1)],
        maxLength: 12,
        contextLength: 8,
        truncates: false,
        vocabularySize: 50
      )
    }

    #expect(found?.description.contains("11 tokens and the model's context holds 8") == true)
  }

  @Test func `truncation cuts when asked, is counted, and may not take the whole answer`() throws {
    let set = try TrainingSet(
      [row(12, learnedFrom: 5), row(8, learnedFrom: 5)],
      maxLength: 10,
      truncates: true,
      vocabularySize: 50
    )
    #expect(set.truncatedCount == 1)
    #expect(set.rows[0].ids.count == 10)
    #expect(error([row(12, learnedFrom: 10)], truncates: true).contains("cut to 10 it has no"))
  }

  @Test func `a token outside the vocabulary is refused`() {
    #expect(error([TrainingRow(ids: [1, 50], isSupervised: [false, true])]).contains("token 50"))
  }
}

struct TrainingConfigurationTests {
  private func reason(_ text: String) throws -> String {
    let json = try JSONValue(parsing: text)
    let error = #expect(throws: SettingError.self) { try TrainingConfiguration(json: json) }
    return error?.description ?? ""
  }

  @Test func `every setting is read under its usual name and under its other spellings`() throws {
    let json = try JSONValue(
      parsing: """
        {"model_name_or_path": "m", "learning_rate": 1e-3, "max_steps": 7, "lora_rank": 4,
         "lora_target": ["q_proj", "v_proj"], "cutoff_len": 99, "lr_scheduler_type": "cosine"}
        """
    )

    let configuration = try TrainingConfiguration(json: json)

    #expect(configuration.model == "m" && configuration.learningRate == 1e-3)
    #expect(configuration.maxSteps == 7 && configuration.loraR == 4)
    #expect(configuration.targetModules == [.query, .value])
    #expect(configuration.maxLength == 99 && configuration.lrSchedulerType == .cosine)
    #expect(try TrainingConfiguration(json: configuration.json) == configuration)
  }

  @Test func `a configuration that uses every key comes back from its JSON`() throws {
    let json = try JSONValue(
      parsing: """
        {"model": "m", "learning_rate": 1e-3, "num_train_epochs": 2, "max_steps": 7,
         "per_device_train_batch_size": 3, "gradient_accumulation_steps": 2,
         "lr_scheduler_type": "wsd", "warmup_ratio": 0.1, "warmup_steps": 2, "min_lr_ratio": 0.1,
         "num_decay_steps": 3, "decay_ratio": 0.2, "decay_type": "1-sqrt", "weight_decay": 0.1,
         "max_grad_norm": 2, "max_length": 64, "truncation": true, "packing": true,
         "finetuning_type": "lora", "lora_r": 4, "lora_alpha": 8, "target_modules": ["q_proj"],
         "use_rslora": true, "loraplus_lr_ratio": 16, "lora_dropout": 0.05, "seed": 7,
         "initial_adapter": "/a", "eval_strategy": "steps", "eval_steps": 5, "eval_file": "/e",
         "eval_split_ratio": null, "per_device_eval_batch_size": 4, "early_stopping_patience": 3,
         "early_stopping_threshold": 0.01, "load_best_model_at_end": true, "save_steps": 10,
         "save_total_limit": 2, "gradient_checkpointing": true, "max_memory_gb": 3,
         "chat_template": "gemma"}
        """
    )

    let configuration = try TrainingConfiguration(json: json)

    #expect((json.object ?? []).map(\.key) == TrainingConfiguration.keys)
    #expect((configuration.json.object ?? []).map(\.key) == TrainingConfiguration.keys)
    #expect(try TrainingConfiguration(json: configuration.json) == configuration)
    #expect(configuration.decayType == .root && configuration.gradientCheckpointing == .on)
    let plain = TrainingConfiguration(model: "m")
    let isRead = zip(configuration.json.object ?? [], plain.json.object ?? []).filter {
      !["model", "finetuning_type", "eval_split_ratio"].contains($0.0.key)
    }
    for (read, usual) in isRead { #expect(read.value != usual.value, "\(read.key)") }
  }

  @Test(arguments: [
    (#"{"model": "m", "val_size": 0.1}"#, EvaluationStrategy.epoch),
    (#"{"model": "m", "eval_file": "e", "eval_steps": 4}"#, .steps),
    (#"{"model": "m", "val_size": 0}"#, .no), (#"{"model": "m"}"#, .no),
  ])
  func `rows to evaluate are enough to evaluate`(text: String, strategy: EvaluationStrategy) throws
  {
    let configuration = try TrainingConfiguration(json: try JSONValue(parsing: text))

    #expect(configuration.evalStrategy == strategy)
    #expect(try TrainingConfiguration(json: configuration.json) == configuration)
  }

  @Test func `an unknown key is refused and the known ones are named`() throws {
    let text = try reason(#"{"model": "m", "learning_rat": 1}"#)
    #expect(
      text.hasPrefix("learning_rat: is not a known setting") && text.contains("learning_rate")
    )
  }

  @Test(arguments: [
    #"{"learning_rate": 0.1}"#, #"{"model": "m", "learning_rate": 0}"#,
    #"{"model": "m", "max_steps": 0}"#, #"{"model": "m", "max_steps": 1.5}"#,
    #"{"model": "m", "target_modules": ["x_proj"]}"#, #"{"model": "m", "target_modules": []}"#,
    #"{"model": "m", "lr_scheduler_type": "step"}"#, #"{"model": "m", "warmup_ratio": 2}"#,
    #"{"model": "m", "max_length": 9, "cutoff_len": 9}"#, #"{"model": "m", "truncation": "yes"}"#,
    #"{"model": "m", "num_decay_steps": 3}"#, #"{"model": "m", "decay_type": "cosine"}"#,
    #"{"model": "m", "lr_scheduler_type": "constant", "min_lr_ratio": 0.1}"#,
    #"{"model": "m", "lr_scheduler_type": "wsd", "decay_type": "stairs"}"#,
    #"{"model": "m", "packing": 1}"#, #"{"model": "m", "lora_dropout": 1}"#,
    #"{"model": "m", "loraplus_lr_ratio": 0}"#, #"{"model": "m", "finetuning_type": "freeze"}"#,
    #"{"model": "m", "finetuning_type": "full", "loraplus_lr_ratio": 4}"#,
    #"{"model": "m", "eval_steps": 5}"#, #"{"model": "m", "eval_strategy": "epoch"}"#,
    #"{"model": "m", "eval_strategy": "steps", "eval_file": "e"}"#,
    #"{"model": "m", "eval_strategy": "epoch", "eval_steps": 3, "eval_file": "e"}"#,
    #"{"model": "m", "eval_strategy": "no", "eval_file": "e"}"#,
    #"{"model": "m", "eval_file": "e", "eval_split_ratio": 0.1}"#,
    #"{"model": "m", "eval_split_ratio": 1}"#, #"{"model": "m", "load_best_model_at_end": true}"#,
    #"{"model": "m", "early_stopping_patience": 2}"#,
    #"{"model": "m", "early_stopping_threshold": 0.1, "eval_file": "e"}"#,
    #"{"model": "m", "save_total_limit": 2}"#, #"{"model": "m", "save_steps": 0}"#,
    #"{"model": "m", "gradient_checkpointing": "maybe"}"#, #"{"model": "m", "max_memory_gb": 0}"#,
    #"[1]"#,
  ])
  func `a wrong value is refused`(text: String) throws {
    #expect(try !reason(text).isEmpty)
  }
}
