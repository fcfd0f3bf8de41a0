public import Evaluation
public import Foundations
public import Judging

/// One judged reply of a run.
public struct RunItem: Hashable, Sendable {
  /// The item's name: the identifier of its trace.
  public let itemID: String
  /// What kind of problem it is, where its trace names a category.
  public let category: String?
  /// The question as the model saw it, before the chat template.
  public let prompt: String
  /// The right answer.
  public let expected: String
  /// The model's reply.
  public let prediction: String
  /// Why the reply ended: `stop` at the end of the turn, `length` at the cap, `stop_string` before
  /// one of the texts that were to end it.
  public let finishReason: String
  /// The tokens of the rendered prompt.
  public let promptTokens: Int
  /// The tokens of the reply.
  public let newTokens: Int
  /// What the judge said.
  public let judgement: Judgement

  /// Gathers an item.
  public init(
    itemID: String,
    category: String?,
    prompt: String,
    expected: String,
    prediction: String,
    finishReason: String,
    promptTokens: Int,
    newTokens: Int,
    judgement: Judgement
  ) {
    self.itemID = itemID
    self.category = category
    self.prompt = prompt
    self.expected = expected
    self.prediction = prediction
    self.finishReason = finishReason
    self.promptTokens = promptTokens
    self.newTokens = newTokens
    self.judgement = judgement
  }

  /// The item as the evaluation counts it.
  public var outcome: ItemOutcome {
    ItemOutcome(
      itemID: itemID,
      category: category,
      strict: judgement.strict,
      lenient: judgement.lenient
    )
  }

  /// The item as JSON, the field order fixed.
  public var json: JSONValue {
    [
      "trace_id": .string(itemID), "category": JSONValue(optional: category),
      "prompt": .string(prompt), "expected": .string(expected),
      "prediction": .string(prediction), "finish_reason": .string(finishReason),
      "prompt_tokens": JSONValue(promptTokens), "new_tokens": JSONValue(newTokens),
      "strict": .string(judgement.strict.rawValue),
      "lenient": .string(judgement.lenient.rawValue), "rung": JSONValue(optional: judgement.rung),
      "extracted": JSONValue(optional: judgement.extracted), "reason": .string(judgement.reason),
    ]
  }
}
