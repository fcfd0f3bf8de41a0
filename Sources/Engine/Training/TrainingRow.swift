public import Foundations
public import Rendering
public import Tokenization

/// One example as tokens, and which of them are learned.
public struct TrainingRow: Sendable, Hashable {
  /// The token ids.
  public let ids: [Int32]
  /// For each token, whether it is learned as a target.
  public let isSupervised: [Bool]
  /// The name of the problem that the row is about, which a split keeps on one side; nil for none.
  public let group: String?

  /// A row; traps unless both lists are equally long.
  public init(ids: [Int32], isSupervised: [Bool], group: String? = nil) {
    precondition(ids.count == isSupervised.count, "one mask value a token")
    self.ids = ids
    self.isSupervised = isSupervised
    self.group = group
  }

  /// Tokens that are learned; the first token of a row has nothing before it and never counts.
  public var supervisedCount: Int { isSupervised.dropFirst().count { $0 } }
}

/// Why rows cannot be trained on.
public enum TrainingDataError: Error, Sendable, CustomStringConvertible {
  /// There is nothing to train on.
  case noRows
  /// A row has none of the known forms, or a broken one.
  case malformed(row: Int, String)
  /// A row teaches nothing.
  case nothingSupervised(row: Int)
  /// A row has more tokens than allowed.
  case tooLong(row: Int, tokens: Int, maxLength: Int)
  /// A row has more tokens than the model can read.
  case longerThanContext(row: Int, tokens: Int, contextLength: Int)
  /// Cutting a row to the allowed length left nothing to learn.
  case truncationRemovedAnswer(row: Int, tokens: Int, maxLength: Int)
  /// Holding rows out leaves one side without any.
  case emptySplit(rows: Int, groups: Int, ratio: Double)
  /// A row holds a token that the model does not have.
  case unknownToken(row: Int, id: Int32, vocabularySize: Int)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .noRows: "there are no training rows; the dataset or file is empty"
    case .malformed(let row, let reason): "row \(row): \(reason)"
    case .nothingSupervised(let row):
      "row \(row) has no supervised token, so nothing would be learned from it"
    case .tooLong(let row, let tokens, let maxLength):
      "row \(row) has \(tokens) tokens and max_length is \(maxLength); raise max_length, or set "
        + "truncation: true to cut rows at the end"
    case .longerThanContext(let row, let tokens, let contextLength):
      "row \(row) has \(tokens) tokens and the model's context holds \(contextLength); shorten it, "
        + "or set truncation: true to cut rows at the end"
    case .truncationRemovedAnswer(let row, let tokens, let maxLength):
      "row \(row) has \(tokens) tokens; cut to \(maxLength) it has no supervised token"
    case .emptySplit(let rows, let groups, let ratio):
      "holding out \(ratio) of \(rows) rows in \(groups) groups leaves nothing on one side; groups stay "
        + "whole, so give more of them, or an eval_file"
    case .unknownToken(let row, let id, let vocabularySize):
      "row \(row) holds token \(id); the model has tokens 0 to \(vocabularySize - 1)"
    }
  }
}

/// Turns rows of the field's forms into tokens with a loss mask.
///
/// The mask comes from the renderer's spans, never from searching text: a token is learned when all
/// its bytes lie in a span, which holds an assistant turn's content and its end-of-turn mark.
public struct RowEncoder: Sendable {
  private let tokenizer: Tokenizer
  private let template: ChatTemplate?

  /// An encoder; without a template only rows that are tokens already can be encoded.
  public init(tokenizer: Tokenizer, template: ChatTemplate?) {
    self.tokenizer = tokenizer
    self.template = template
  }

  /// A conversation as a row.
  public func row(_ chat: RenderedChat, group: String? = nil) -> TrainingRow {
    let tokens = tokenizer.encodeWithOffsets(chat.text, special: .parse)
    var mask: [Bool] = []
    mask.reserveCapacity(tokens.count)
    for token in tokens {
      let range = token.utf8Range
      mask.append(
        chat.supervised.contains {
          range.lowerBound >= $0.lowerBound && range.upperBound <= $0.upperBound
        }
      )
    }
    return TrainingRow(ids: tokens.map(\.id), isSupervised: mask, group: group)
  }

  /// A row of a data file: `{"input_ids", "labels"}`, `{"messages"}` or `{"prompt", "response"}`.
  ///
  /// In `labels`, which are not shifted, -100 means not learned; any other label must be the token
  /// itself. `group_key`, or `metadata.group_key`, names the row's group.
  public func row(_ json: JSONValue, number: Int) throws -> TrainingRow {
    if json["input_ids"] != nil { return try tokens(json, number) }
    let messages: [ChatMessage]
    if let list = json["messages"] {
      do {
        messages = try ChatMessage.messages(json: list)
      } catch {
        throw TrainingDataError.malformed(row: number, "\(error)")
      }
    } else if let prompt = json["prompt"]?.string, let response = json["response"]?.string {
      messages = [
        ChatMessage(role: .user, content: prompt), ChatMessage(role: .assistant, content: response),
      ]
    } else {
      throw TrainingDataError.malformed(
        row: number,
        "has none of the known forms: input_ids and labels, messages, or prompt and response"
      )
    }
    guard let template else {
      throw TrainingDataError.malformed(
        row: number,
        "is a conversation, and the model has no chat template to write it with"
      )
    }
    return row(
      try template.render(messages, addGenerationPrompt: false),
      group: Self.group(json)
    )
  }

  private func tokens(_ json: JSONValue, _ number: Int) throws(TrainingDataError) -> TrainingRow {
    guard let ids = Self.whole(json["input_ids"]), let labels = Self.whole(json["labels"]) else {
      throw .malformed(row: number, "input_ids and labels must be lists of whole numbers")
    }
    guard ids.count == labels.count else {
      throw .malformed(
        row: number,
        "input_ids has \(ids.count) entries and labels has \(labels.count)"
      )
    }
    for (place, (id, label)) in zip(ids, labels).enumerated() where label != -100 && label != id {
      throw .malformed(
        row: number,
        "labels[\(place)] is \(label); it must be -100 or the token itself, \(id) (labels are not shifted)"
      )
    }
    return TrainingRow(
      ids: ids,
      isSupervised: labels.map { $0 != -100 },
      group: Self.group(json)
    )
  }

  private static func group(_ json: JSONValue) -> String? {
    json["group_key"]?.string ?? json["metadata"]?["group_key"]?.string
  }

  private static func whole(_ value: JSONValue?) -> [Int32]? {
    guard let list = value?.array else { return nil }
    let numbers = list.compactMap { $0.int.flatMap { Int32(exactly: $0) } }
    return numbers.count == list.count ? numbers : nil
  }
}
