public import Foundation
public import Foundations
import Generation
import Rendering

/// Prompts for a model, and how to answer them greedily.
public struct GenerationRequest: Sendable {
  /// The most new tokens of one answer.
  public var maxNewTokens = 128
  /// How many prompts are worked on at once; it changes the speed and nothing else.
  public var batchSize = 16
  /// How the engine computes.
  public var options = EngineOptions()
  /// An adapter's folder; nil for the reference's own, if it has one.
  public var adapter: URL?

  /// A request with the defaults.
  public init() {}

  /// Each `{"text"}`, `{"messages"}` or `{"ids"}` to `{"ids", "text", "finish_reason",
  /// "log_probabilities", "prompt_tokens"}`, in the inputs' order.
  ///
  /// An input that cannot be used gives its error in its place; the others are answered.
  public func run(
    _ inputs: [Result<JSONValue, any Error>],
    on reference: ModelReference,
    progress: @escaping @Sendable (_ finished: Int, _ total: Int, _ newTokens: Int) -> Void = {
      _,
      _,
      _ in
    }
  ) async throws -> [Result<JSONValue, any Error>] {
    let text = try ModelText(reference)
    let folder = adapter ?? reference.adapter
    let request = self
    return try await EngineThread.shared.run { signal in
      let loaded = try LoadedModel(text, adapter: folder, options: request.options)
      let generator = try loaded.generator(
        maxNewTokens: request.maxNewTokens,
        batchSize: request.batchSize
      )
      let checked = inputs.enumerated().map { index, input in
        Result { () throws -> [Int32] in
          let ids = try text.promptTokens(of: try input.get())
          try generator.check(ids, index: index)
          return ids
        }
      }
      let usable = checked.compactMap { try? $0.get() }
      var answers = try generator.answers(
        to: usable,
        until: signal,
        kept: "nothing was kept",
        progress: { progress($0.finished, $0.total, $0.newTokens) }
      ).makeIterator()
      return checked.map { prompt in
        Result {
          let ids = try prompt.get()
          guard let answer = answers.next() else {
            preconditionFailure("Every usable prompt has an answer.")
          }
          return text.json(of: answer, promptTokens: ids.count)
        }
      }
    }
  }
}

extension ModelText {
  /// The tokens of a prompt: a conversation is written to where the model is to answer.
  func promptTokens(of input: JSONValue) throws -> [Int32] {
    guard let list = input["messages"] else {
      guard input["text"] != nil || input["ids"] != nil else {
        throw ExecutionError.input("the input needs \"text\", \"messages\" or \"ids\"")
      }
      return try inputTokens(input)
    }
    return try promptTokens(try ChatMessage.messages(json: list))
  }

  func json(of answer: GeneratedSequence, promptTokens: Int) -> JSONValue {
    [
      "ids": TextInspection.json(answer.ids),
      "text": .string(answerText(answer.ids)),
      "finish_reason": .string(answer.finishReason.rawValue),
      "log_probabilities": .array(answer.logProbabilities.map { JSONValue(shortest: $0) }),
      "prompt_tokens": JSONValue(promptTokens),
    ]
  }
}
