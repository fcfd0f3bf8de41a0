import Foundations
import Training

/// The content of `training_summary.json`: what a training planned and how it ended.
struct TrainingReport {
  let plan: TrainingPlan
  let summary: TrainingSummary
  let streams: JSONValue
  let resumedStep: Int?
  let parametersHash: ContentHash

  var json: JSONValue {
    [
      "ending": .string(summary.ending.rawValue), "steps": JSONValue(summary.steps),
      "planned_steps": JSONValue(summary.plannedSteps), "kept_step": JSONValue(summary.keptStep),
      "first_loss": JSONValue(summary.firstLoss), "final_loss": JSONValue(summary.finalLoss),
      "mean_loss": JSONValue(summary.meanLoss),
      "final_eval_loss": summary.finalEvalLoss.map { JSONValue($0) } ?? .null,
      "best": summary.best.map {
        ["step": JSONValue($0.step), "eval_loss": JSONValue($0.loss)]
      } ?? .null,
      "num_tokens": JSONValue(summary.numTokens), "seconds": JSONValue(summary.seconds),
      "tokens_per_second": JSONValue(summary.tokensPerSecond),
      "resumed_from_step": resumedStep.map { JSONValue($0) } ?? .null,
      "parameters_sha256": .string(parametersHash.hex), "plan": planJSON,
      "memory_plan": plan.memory.json,
      "peak_memory_bytes": MachineMemory.peakBytes.map { JSONValue($0) } ?? .null,
      "random_streams": streams,
    ]
  }

  private var planJSON: JSONValue {
    [
      "rows": JSONValue(plan.rows), "tokens": JSONValue(plan.tokens),
      "supervised_tokens": JSONValue(plan.supervisedTokens),
      "rows_per_step": JSONValue(plan.rowsPerStep),
      "trainable_parameters": JSONValue(plan.trainableParameters),
      "truncated_rows": JSONValue(plan.truncatedRows),
      "warmup_steps": JSONValue(plan.warmupSteps),
      "evaluation_rows": JSONValue(plan.evaluationRows),
      "packing": plan.packing.map {
        [
          "bins": JSONValue($0.bins), "capacity": JSONValue($0.capacity),
          "efficiency": JSONValue($0.efficiency),
        ]
      } ?? .null,
    ]
  }
}
