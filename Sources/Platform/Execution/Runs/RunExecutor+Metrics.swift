import Evaluation
import Experiments
import Foundations
import Generation
import Judging
import Training

extension RunExecutor {
  /// The summary numbers of judged items; `answer_correctness` is the strict one, as its name has
  /// always meant an answer at the asked-for place.
  static func metrics(of items: [RunItem]) -> [JSONValue.Member] {
    func share(_ count: Int) -> JSONValue {
      JSONValue(items.isEmpty ? 0 : Double(count) / Double(items.count))
    }
    return [
      .init(
        key: "answer_correctness",
        value: share(items.count { $0.judgement.strict == .correct })
      ),
      .init(
        key: "answer_correctness_lenient",
        value: share(items.count { $0.judgement.lenient == .correct })
      ),
      .init(
        key: "unparseable_strict",
        value: share(items.count { $0.judgement.strict == .unparseable })
      ),
      .init(
        key: "unparseable_lenient",
        value: share(items.count { $0.judgement.lenient == .unparseable })
      ),
      .init(key: "items", value: JSONValue(items.count)),
      .init(key: "length_capped", value: share(items.count { $0.finishReason == "length" })),
    ]
  }

  static func metrics(of summary: TrainingSummary) -> [JSONValue.Member] {
    [
      .init(key: "train_steps", value: JSONValue(summary.steps)),
      .init(key: "train_first_loss", value: JSONValue(summary.firstLoss)),
      .init(key: "train_final_loss", value: JSONValue(summary.finalLoss)),
      .init(key: "train_mean_loss", value: JSONValue(summary.meanLoss)),
      .init(key: "train_num_tokens", value: JSONValue(summary.numTokens)),
      .init(key: "train_seconds", value: JSONValue(summary.seconds)),
      .init(key: "train_tokens_per_second", value: JSONValue(summary.tokensPerSecond)),
    ]
  }

  static func metrics(of statistics: GenerationStatistics, seconds: Double) -> [JSONValue.Member] {
    let tokens = statistics.newTokens
    return [
      .init(key: "generated_tokens", value: JSONValue(tokens)),
      .init(key: "generation_seconds", value: JSONValue(seconds)),
      .init(
        key: "generation_tokens_per_second",
        value: JSONValue(seconds > 0 ? Double(tokens) / seconds : 0)
      ),
      .init(key: "prompt_tokens", value: JSONValue(statistics.promptTokens)),
      .init(key: "shared_prompt_tokens", value: JSONValue(statistics.savedPromptRows)),
    ]
  }
}
