public import Foundations
import Rendering
import Tokenization
import Training

/// Looks at texts through a model's tokenizer and chat template; one input object gives one output object.
public struct TextInspection: Sendable {
  private let text: ModelText

  /// An inspection of a model.
  public init(_ text: ModelText) {
    self.text = text
  }

  /// `{"text"}` to `{"ids"}`.
  ///
  /// With `parsesSpecial` false, control marks are ordinary text; with `addsBOS` the start token comes
  /// first where the model's own default says so.
  public func tokenize(
    _ input: JSONValue,
    parsesSpecial: Bool,
    addsBOS: Bool
  ) throws -> JSONValue {
    let content = try Self.text(input, "text")
    let ids = text.tokenizer.encode(
      content,
      special: parsesSpecial ? .parse : .asText,
      addBOS: addsBOS && text.tokenizer.addsBOSByDefault
    )
    return ["ids": Self.json(ids)]
  }

  /// Counts the tokens of `{"text"}` objects: how many there are, and how long encoding took.
  ///
  /// Gives `{"texts", "bytes", "tokens", "seconds"}`; the seconds are those of encoding alone.
  public func count(_ inputs: [JSONValue], parsesSpecial: Bool) throws -> JSONValue {
    let texts = try inputs.map { try Self.text($0, "text") }
    let start = ContinuousClock.now
    var tokens = 0
    for content in texts {
      tokens += text.tokenizer.encode(content, special: parsesSpecial ? .parse : .asText).count
    }
    let time = start.duration(to: .now) / .seconds(1)
    return [
      "texts": JSONValue(texts.count), "bytes": JSONValue(texts.reduce(0) { $0 + $1.utf8.count }),
      "tokens": JSONValue(tokens), "seconds": JSONValue(time),
    ]
  }

  /// `{"ids"}` to `{"text"}`.
  public func detokenize(_ input: JSONValue, skipsSpecial: Bool) throws -> JSONValue {
    let ids = try Self.ids(input)
    let size = text.tokenizer.vocabularySize
    if let id = ids.first(where: { $0 < 0 || Int($0) >= size }) {
      throw ExecutionError.input("token \(id) is unknown; the model has tokens 0 to \(size - 1)")
    }
    return ["text": .string(text.tokenizer.decode(ids, skipSpecial: skipsSpecial))]
  }

  /// `{"messages"}` to `{"text", "ids", "supervised"}`.
  ///
  /// The text ends where the model is to answer when `addsGenerationPrompt`, or the object's own
  /// `add_generation_prompt`, says so.
  public func render(_ input: JSONValue, addsGenerationPrompt: Bool) throws -> JSONValue {
    guard let list = input["messages"] else {
      throw ExecutionError.input("the input needs \"messages\", a list of {\"role\", \"content\"}")
    }
    let asks = input["add_generation_prompt"]?.bool ?? addsGenerationPrompt
    let chat = try text.chatTemplate().render(
      try ChatMessage.messages(json: list),
      addGenerationPrompt: asks
    )
    let row = text.encoder.row(chat)
    return [
      "text": .string(chat.text), "ids": Self.json(row.ids),
      "supervised": .array(row.isSupervised.map { JSONValue($0 ? 1 : 0) }),
    ]
  }

  static func json(_ ids: [Int32]) -> JSONValue { .array(ids.map { JSONValue($0) }) }

  static func text(_ input: JSONValue, _ key: String) throws -> String {
    guard let content = input[key]?.string else {
      throw ExecutionError.input("the input needs \"\(key)\", a text")
    }
    return content
  }

  static func ids(_ input: JSONValue) throws -> [Int32] {
    guard let list = input["ids"]?.array else {
      throw ExecutionError.input("the input needs \"ids\", a list of whole numbers")
    }
    let ids = list.compactMap { $0.int.flatMap { Int32(exactly: $0) } }
    guard ids.count == list.count else {
      throw ExecutionError.input("\"ids\" holds something that is no token id")
    }
    return ids
  }
}
