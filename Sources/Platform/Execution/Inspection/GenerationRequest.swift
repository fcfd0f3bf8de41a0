import DecoderModels
public import Experiments
public import Foundation
public import Foundations
import Generation
import ModelFormats
import Rendering

/// Prompts for a model, and how to answer them.
public struct GenerationRequest: Sendable {
  /// An adapter that is loaded beside the base, and what inputs call it.
  public struct NamedAdapter: Sendable, Hashable {
    /// What an input's `adapter` names.
    public let name: String
    /// The adapter's folder, in PEFT's format.
    public let folder: URL

    /// A named adapter.
    public init(name: String, folder: URL) {
      self.name = name
      self.folder = folder
    }
  }

  /// The most new tokens of one answer.
  public var maxNewTokens = 128
  /// How many prompts are worked on at once; it changes the speed and nothing else.
  public var batchSize = 16
  /// How tokens are chosen; greedy by default.
  public var sampling = SamplingSettings()
  /// Texts that end an answer.
  public var stop: [String] = []
  /// Whether beginnings that prompts have in common are computed once.
  public var sharesPrefixes = true
  /// The seed of sampled answers; with it an input's `id`, else its place, decides the numbers.
  public var seed: UInt64 = 42
  /// How the engine computes.
  public var options = EngineOptions()
  /// Adapters that answer; empty for the reference's own, if it has one.
  public var adapters: [NamedAdapter] = []
  /// Whether the base without an adapter answers too.
  public var includesBase = false

  /// A request with the defaults.
  public init() {}

  /// What came of a request.
  public struct Outcome: Sendable {
    /// One answer, or error, an input and model that answers it.
    public let answers: [Result<JSONValue, any Error>]
    /// What it took: tokens, steps, seconds, and what sharing saved.
    public let statistics: JSONValue
  }

  /// Each `{"text"}`, `{"messages"}` or `{"ids"}` to `{"ids", "text", "finish_reason",
  /// "log_probabilities", "prompt_tokens", "adapter"}`, in the inputs' order.
  ///
  /// An input is answered by each adapter, after the base where that is included; an input with an
  /// `adapter` member (null for the base) by that one only. An input that cannot be used gives its
  /// error in its place; the others are answered. `onToken` gets every token as it is written.
  public func run(
    _ inputs: [Result<JSONValue, any Error>],
    on reference: ModelReference,
    onToken: @escaping @Sendable (AnswerToken) -> Void = { _ in },
    progress: @escaping @Sendable (_ finished: Int, _ total: Int, _ newTokens: Int) -> Void = {
      _,
      _,
      _ in
    }
  ) async throws -> Outcome {
    let text = try ModelText(reference)
    let request = self
    return try await EngineThread.shared.run { signal in
      let loaded = try LoadedModel(text, adapter: nil, options: request.options)
      let plan = AnswerPlan(
        inputs,
        models: try request.answering(reference, loaded),
        generator: try loaded.generator(request.settings, seed: request.seed)
      )
      let start = ContinuousClock().now
      let result = try plan.generator.answer(
        plan.requests,
        until: signal,
        kept: "nothing was kept",
        onToken: { onToken(plan.token($0)) },
        progress: { progress($0.finished, $0.total, $0.newTokens) }
      )
      return Outcome(
        answers: plan.answers(result.sequences),
        statistics: result.statistics.json(seconds: start.secondsSince)
      )
    }
  }

  private var settings: GenerationSettings {
    GenerationSettings(
      maxNewTokens: maxNewTokens,
      batchSize: batchSize,
      dtype: options.dtype,
      sampling: sampling,
      stop: stop,
      sharesPrefixes: sharesPrefixes
    )
  }

  /// The models that answer, by name; the base has none.
  private func answering(
    _ reference: ModelReference,
    _ loaded: LoadedModel
  ) throws -> AnsweringModels {
    var named = adapters
    if named.isEmpty, let own = reference.adapter {
      named = [NamedAdapter(name: reference.name, folder: own)]
    }
    let names = named.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ExecutionError.input("two adapters are named \(twice); give them names: NAME=DIR")
    }
    let configuration = loaded.text.source.configuration
    return AnsweringModels(
      adapters: try named.map {
        ($0.name, try AdapterFolder.read($0.folder, model: configuration))
      },
      includesBase: includesBase || named.isEmpty
    )
  }
}

/// One new token of an answer, the moment it is written.
public struct AnswerToken: Sendable {
  /// The answer's place among all answers.
  public let index: Int
  /// The adapter that writes it; nil for the base.
  public let adapter: String?
  /// The token.
  public let id: Int32
  /// Its log-probability, in nats.
  public let logProbability: Float
  /// The text that is certain with this token; whole characters, maybe none.
  public let text: String
  /// Why the answer ended, with its last token.
  public let finishReason: String?

  /// The token as one line of a stream.
  public var json: JSONValue {
    [
      "index": JSONValue(index), "adapter": JSONValue(optional: adapter), "id": JSONValue(id),
      "text": .string(text), "log_probability": JSONValue(shortest: logProbability),
      "finish_reason": JSONValue(optional: finishReason),
    ]
  }
}

extension GenerationStatistics {
  func json(seconds: Double) -> JSONValue {
    [
      "prompt_tokens": JSONValue(promptTokens),
      "shared_prompt_tokens": JSONValue(savedPromptRows),
      "shared_prefixes": JSONValue(sharedPrefixes), "new_tokens": JSONValue(newTokens),
      "steps": JSONValue(steps), "cache_bytes": JSONValue(cacheBytes),
      "saved_cache_bytes": JSONValue(savedCacheBytes), "seconds": JSONValue(seconds),
      "tokens_per_second": JSONValue(seconds > 0 ? Double(newTokens) / seconds : 0),
    ]
  }
}
