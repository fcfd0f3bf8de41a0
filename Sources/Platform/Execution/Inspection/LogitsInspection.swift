import DecoderModels
public import Foundation
public import Foundations
import ModelFormats
import Tensors
import Tokenization

/// Looks at what a model expects next.
public struct LogitsInspection: Sendable {
  private let text: ModelText
  private let adapter: URL?
  private let options: EngineOptions

  /// An inspection of a model, with an adapter if one is named.
  public init(_ text: ModelText, adapter: URL?, options: EngineOptions) {
    self.text = text
    self.adapter = adapter
    self.options = options
  }

  /// Each `{"text"}` or `{"ids"}` to the last position's `{"top": [{"id", "logit"}], "logsumexp"}`, in order.
  ///
  /// An input that cannot be used gives its error in its place.
  public func run(
    _ inputs: [Result<JSONValue, any Error>],
    top: Int
  ) async throws -> [Result<JSONValue, any Error>] {
    guard top > 0 else { throw ExecutionError.input("--top must be at least 1") }
    return try await EngineThread.shared.run { [text, adapter, options] signal in
      let loaded = try LoadedModel(text, adapter: adapter, options: options)
      var scratch = InferenceScratch()
      return try inputs.map { input in
        if signal.isRaised { throw CancellationError() }
        return Result { try Self.logits(loaded, try input.get(), top: top, scratch: &scratch) }
      }
    }
  }

  private static func logits(
    _ loaded: LoadedModel,
    _ input: JSONValue,
    top: Int,
    scratch: inout InferenceScratch
  ) throws -> JSONValue {
    let ids = try loaded.text.inputTokens(input)
    let model = loaded.model
    guard !ids.isEmpty else { throw ExecutionError.input("the input has no tokens") }
    let size = model.configuration.vocabularySize
    if let id = ids.first(where: { $0 < 0 || Int($0) >= size }) {
      throw ExecutionError.input("token \(id) is unknown; the model has tokens 0 to \(size - 1)")
    }
    guard ids.count <= model.configuration.contextLength else {
      throw ExecutionError.input(
        "the input has \(ids.count) tokens; the model's context holds "
          + "\(model.configuration.contextLength)"
      )
    }
    let cache = KeyValueCache(
      layers: model.configuration.layers,
      slots: 1,
      positions: ids.count,
      shape: model.attention
    )
    let logits = try model.logits(
      ids: ids,
      places: ids.indices.map { CachePlace(slot: 0, position: $0) },
      cache: cache,
      outputs: [ids.count - 1],
      adapters: AdapterRows(loaded.adapter, rows: ids.count),
      scratch: &scratch,
      observe: nil
    )
    let best = topOfRow(logits, row: 0, count: top)
    return [
      "top": .array(
        best.map { ["id": JSONValue($0.id), "logit": JSONValue(shortest: $0.logit)] }
      ),
      "logsumexp": JSONValue(shortest: logSumExpRows(logits)[0]),
    ]
  }
}

extension ModelText {
  /// The tokens of an input: its `ids` as they are, or its `text` with control marks parsed and the
  /// model's own default for a start token.
  func inputTokens(_ input: JSONValue) throws -> [Int32] {
    if input["ids"] != nil { return try TextInspection.ids(input) }
    return tokenizer.encode(
      try TextInspection.text(input, "text"),
      special: .parse,
      addBOS: tokenizer.addsBOSByDefault
    )
  }
}

extension JSONValue {
  /// The shortest decimal that reads back as the same float32.
  init(shortest value: Float) {
    self = JSONValue(Double("\(value)") ?? Double(value))
  }
}
