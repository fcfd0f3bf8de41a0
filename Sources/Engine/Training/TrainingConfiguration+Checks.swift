internal import Foundations

extension TrainingConfiguration {
  /// Refuses settings that contradict each other, and those that nothing would read.
  func check(_ reader: SettingObject) throws(SettingError) {
    try checkSchedule(reader)
    try checkKind(reader)
    try checkEvaluation(reader)
    if saveTotalLimit != nil && saveSteps == nil {
      throw reader.refusal("save_total_limit", because: "needs save_steps; nothing is saved")
    }
  }

  private func checkSchedule(_ reader: SettingObject) throws(SettingError) {
    if lrSchedulerType != .warmupStableDecay {
      for key in ["num_decay_steps", "decay_ratio", "decay_type"] where reader.value(key) != nil {
        throw reader.refusal(
          key,
          because: "is read by lr_scheduler_type warmup_stable_decay only; it is "
            + lrSchedulerType.rawValue
        )
      }
    }
    if lrSchedulerType == .constant && minLRRatio > 0 {
      throw reader.refusal("min_lr_ratio", because: "has no meaning for a constant rate")
    }
  }

  private func checkKind(_ reader: SettingObject) throws(SettingError) {
    guard finetuningType == .full else { return }
    let isSet = [
      "loraplus_lr_ratio": loraPlusLRRatio != 1, "lora_dropout": loraDropout > 0,
      "initial_adapter": initialAdapter != nil, "use_rslora": useRSLoRA,
    ]
    for (key, isSet) in isSet.sorted(by: { $0.key < $1.key }) where isSet {
      throw reader.refusal(key, because: "is about adapters, and finetuning_type is full")
    }
  }

  private func checkEvaluation(_ reader: SettingObject) throws(SettingError) {
    if evalFile != nil && evalSplitRatio != nil {
      throw reader.refusal(
        "eval_split_ratio",
        because: "cannot be had together with eval_file; give one of them"
      )
    }
    let hasRows = evalFile != nil || evalSplitRatio != nil
    guard evalStrategy != .no else { return try checkNoEvaluation(reader) }
    guard hasRows else {
      throw reader.refusal(
        reader.value("eval_strategy") == nil ? "eval_steps" : "eval_strategy",
        because: "needs rows to evaluate; set eval_file or eval_split_ratio"
      )
    }
    guard (evalStrategy == .steps) == (evalSteps != nil) else {
      throw reader.refusal(
        evalSteps == nil ? "eval_strategy" : "eval_steps",
        because: evalSteps == nil
          ? "steps needs eval_steps" : "is read by eval_strategy steps only; it is epoch"
      )
    }
    if earlyStoppingThreshold > 0 && earlyStoppingPatience == nil {
      throw reader.refusal("early_stopping_threshold", because: "needs early_stopping_patience")
    }
  }

  private func checkNoEvaluation(_ reader: SettingObject) throws(SettingError) {
    let isSet = [
      "eval_file": evalFile != nil, "eval_split_ratio": evalSplitRatio != nil,
      "eval_steps": evalSteps != nil, "early_stopping_patience": earlyStoppingPatience != nil,
      "early_stopping_threshold": earlyStoppingThreshold > 0,
      "load_best_model_at_end": loadBestModelAtEnd,
    ]
    for (key, isSet) in isSet.sorted(by: { $0.key < $1.key }) where isSet {
      throw reader.refusal(
        key,
        because: "is read by nobody while there is no evaluation; set eval_strategy, and eval_file "
          + "or eval_split_ratio"
      )
    }
  }
}
