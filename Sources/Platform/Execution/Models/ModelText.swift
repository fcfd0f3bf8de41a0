import DecoderModels
import Foundations
import ModelFormats
public import Rendering
import Tokenization

/// The text side of a model: its tokenizer and chat template, without its weights.
public struct ModelText: Sendable {
  let source: ModelFormats.ModelSource
  let tokenizer: Tokenizer
  let name: String
  private let template: Result<ChatTemplate, any Error>

  /// Opens a model's file and reads its vocabulary.
  public init(_ reference: ModelReference) throws {
    source = try ModelFormats.ModelSource.open(reference.url)
    tokenizer = try Tokenizer(of: source)
    name = reference.name
    template = Result { [source] in
      if let named = reference.chatTemplate { return named }
      guard let text = source.chatTemplate else {
        throw ExecutionError.noChatTemplate(model: reference.name)
      }
      return try ChatTemplate.recognise(templateText: text)
    }
  }

  /// The model's chat template; throws where it has none, or one that is not known.
  public func chatTemplate() throws -> ChatTemplate { try template.get() }

  /// The tokens that end a model's turn.
  var endTokens: Set<Int32> {
    tokenizer.endOfTurnIDs.union(source.configuration.eosTokenIDs.map { Int32($0) })
  }

  /// A conversation that ends where the model is to answer, as tokens.
  func promptTokens(_ messages: [ChatMessage]) throws -> [Int32] {
    let chat = try chatTemplate().render(messages, addGenerationPrompt: true)
    return tokenizer.encode(chat.text, special: .parse)
  }

  /// New tokens as text, without control tokens.
  func answerText(_ ids: [Int32]) -> String { tokenizer.decode(ids, skipSpecial: true) }
}
