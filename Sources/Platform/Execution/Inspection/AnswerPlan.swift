import DecoderModels
import Foundations
import Generation
import Rendering

/// The base and its adapters, by name.
struct AnsweringModels: Sendable {
  let adapters: [(name: String, adapter: LoRAAdapter)]
  let includesBase: Bool

  /// Who answers an input: those it names, else all.
  func models(for input: JSONValue) throws -> [(name: String?, adapter: LoRAAdapter?)] {
    guard let wanted = input["adapter"] else {
      return (includesBase ? [(nil, nil)] : []) + adapters.map { ($0.name, $0.adapter) }
    }
    if wanted.isNull { return [(nil, nil)] }
    guard let name = wanted.string, let found = adapters.first(where: { $0.name == name }) else {
      let known = adapters.map(\.name).joined(separator: ", ")
      throw ExecutionError.input(
        "there is no adapter \(wanted.compact); "
          + (known.isEmpty ? "none was given" : "those given are \(known)")
      )
    }
    return [(found.name, found.adapter)]
  }
}

/// Which input is answered by which model, and where each answer stands.
struct AnswerPlan: Sendable {
  /// One answer to come.
  private struct Place: Sendable {
    let request: SequenceRequest
    let adapter: String?
  }

  let generator: AnswerGenerator
  private let places: [Result<Place, any Error>]
  /// The place of each request's answer.
  private let indices: [Int]

  /// Turns inputs into requests; an input that cannot be used keeps its error.
  init(
    _ inputs: [Result<JSONValue, any Error>],
    models: AnsweringModels,
    generator: AnswerGenerator
  ) {
    self.generator = generator
    let text = generator.text
    var places: [Result<Place, any Error>] = []
    for (index, input) in inputs.enumerated() {
      do {
        let input = try input.get()
        let ids = try text.promptTokens(of: input)
        try generator.check(ids, index: index)
        let item = input["id"]?.string ?? input["id"]?.compact ?? "\(index)"
        for model in try models.models(for: input) {
          let request = generator.request(ids, item: item, adapter: model.adapter)
          places.append(.success(Place(request: request, adapter: model.name)))
        }
      } catch {
        places.append(.failure(error))
      }
    }
    self.places = places
    indices = places.indices.filter { (try? places[$0].get()) != nil }
  }

  /// The requests that can be answered.
  var requests: [SequenceRequest] { places.compactMap { try? $0.get().request } }

  /// A token with its answer's place.
  func token(_ event: TokenEvent) -> AnswerToken {
    let index = indices[event.request]
    return AnswerToken(
      index: index,
      adapter: (try? places[index].get())?.adapter,
      id: event.id,
      logProbability: event.logProbability,
      text: event.text,
      finishReason: event.finishReason?.rawValue
    )
  }

  /// All answers and errors, in the inputs' order.
  func answers(_ sequences: [GeneratedSequence]) -> [Result<JSONValue, any Error>] {
    var next = sequences.makeIterator()
    return places.map { place in
      place.map { place in
        guard let sequence = next.next() else {
          preconditionFailure("Every usable prompt has an answer.")
        }
        return Self.json(of: sequence, place)
      }
    }
  }

  private static func json(of sequence: GeneratedSequence, _ place: Place) -> JSONValue {
    [
      "ids": TextInspection.json(sequence.ids),
      "text": .string(sequence.text),
      "finish_reason": .string(sequence.finishReason.rawValue),
      "log_probabilities": .array(sequence.logProbabilities.map { JSONValue(shortest: $0) }),
      "prompt_tokens": JSONValue(place.request.prompt.count),
      "adapter": JSONValue(optional: place.adapter),
    ]
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
}
