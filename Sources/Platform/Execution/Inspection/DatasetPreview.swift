public import Datasets
public import Foundations
import ModelFormats
public import Rendering
import Tokenization
import Traces
import Training
public import Workspace

/// What a model will see of one row of a dataset, token by token, before compute is spent.
public struct DatasetPreview: Sendable {
  /// How the row is written; what runs do unless somebody says otherwise.
  public var rendering = RunExecutor.rendering
  /// The most tokens of a row; nil takes the training's default.
  public var maxLength: Int?

  /// A preview as runs write their rows.
  public init() {}

  /// Renders and encodes the `index`-th row of a dataset, or of one of its sides, from zero.
  ///
  /// Gives the row's place and trace, the text, for each token its text, id, whether it is learned and
  /// whether it is kept when rows are cut, the counts, what a cut would take, and the last five
  /// tokens that are learned.
  public func json(
    of key: String,
    at index: Int,
    in split: DatasetSplit? = nil,
    model reference: ModelReference,
    workspace: WorkspaceFolder
  ) throws -> JSONValue {
    let row = try workspace.datasets.row(of: key, at: index, in: split)
    let text = try ModelText(reference)
    let template = try text.chatTemplate()
    let chat = try template.render(
      rendering.example(of: row.stored.trace),
      addGenerationPrompt: false
    )
    let most = maxLength ?? TrainingConfiguration(model: reference.name).maxLength
    let limit = min(most, text.source.configuration.contextLength)
    let facts: JSONValue = [
      "dataset_key": .string(key), "index": JSONValue(index),
      "position": JSONValue(row.position), "split": .string(row.split),
      "trace_id": .string(row.stored.id.text), "group_key": .string(row.groupKey),
      "model": .string(reference.name), "chat_template": .string(template.rawValue),
      "instruction": .string(rendering.instruction.rawValue),
      "reasoning_style": .string(rendering.style.rawValue), "text": .string(chat.text),
    ]
    let members = (facts.object ?? []) + tokens(of: chat, text, limit: limit)
    return .object(members)
  }

  private func tokens(
    of chat: RenderedChat,
    _ text: ModelText,
    limit: Int
  ) -> [JSONValue.Member] {
    let encoded = text.tokenizer.encodeWithOffsets(chat.text, special: .parse)
    let row = text.encoder.row(chat)
    let bytes = Array(chat.text.utf8)
    let tokens = encoded.indices.map { place -> JSONValue in
      [
        "token": .string(String(decoding: bytes[encoded[place].utf8Range], as: UTF8.self)),
        "id": JSONValue(encoded[place].id),
        "supervised": JSONValue(row.isSupervised[place]),
        "kept": JSONValue(place < limit),
      ]
    }
    let learned = tokens.filter { $0["supervised"]?.bool == true }
    let dropped = tokens.dropFirst(limit)
    let counts: JSONValue = [
      "tokens": JSONValue(tokens.count), "supervised": JSONValue(row.supervisedCount),
      "max_length": JSONValue(limit), "dropped": JSONValue(dropped.count),
      "dropped_supervised": JSONValue(dropped.count { $0["supervised"]?.bool == true }),
    ]
    return [
      JSONValue.Member(key: "counts", value: counts),
      JSONValue.Member(key: "is_truncated", value: JSONValue(!dropped.isEmpty)),
      JSONValue.Member(key: "last_supervised", value: .array(Array(learned.suffix(5)))),
      JSONValue.Member(key: "tokens", value: .array(tokens)),
    ]
  }
}
