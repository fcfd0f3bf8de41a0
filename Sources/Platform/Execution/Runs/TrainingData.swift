import Files
import Foundation
import Foundations
import ModelFormats
import Rendering
import Training

/// The rows of a training and those of its evaluation, checked before any compute is spent.
struct TrainingData: Sendable {
  /// The rows to learn.
  let set: TrainingSet
  /// The rows that are only evaluated; nil for none.
  let evaluation: TrainingSet?
  /// The hash of the evaluation's file, where it is one.
  let evaluationHash: ContentHash?

  /// Reads the evaluation's file or holds rows out, as the configuration says.
  init(
    _ rows: [TrainingRow],
    _ configuration: TrainingConfiguration,
    _ text: ModelText
  ) throws {
    if let path = configuration.evalFile {
      let url = URL(filePath: path)
      set = try configuration.trainingSet(rows, for: text)
      evaluationHash = try FileHash.sha256(of: url)
      do {
        evaluation = try configuration.trainingSet(
          try Self.rows(of: url, text.encoder),
          for: text
        )
      } catch let error as TrainingDataError {
        throw ExecutionError.input("eval_file \(path): \(error)")
      }
    } else if let ratio = configuration.evalSplitRatio {
      // All rows are checked together first, so that an error names a row by its place in the file.
      _ = try configuration.trainingSet(rows, for: text)
      let split = try HoldOut(ratio: ratio, seed: configuration.seed).split(rows)
      set = try configuration.trainingSet(split.learned, for: text)
      evaluation = try configuration.trainingSet(split.held, for: text)
      evaluationHash = nil
    } else {
      set = try configuration.trainingSet(rows, for: text)
      evaluation = nil
      evaluationHash = nil
    }
  }

  /// The rows of a JSON Lines file.
  static func rows(of file: URL, _ encoder: RowEncoder) throws -> [TrainingRow] {
    let rows = try DataFile(file).map { json, number in
      do {
        return try encoder.row(json, number: number)
      } catch TrainingDataError.malformed(_, let reason) {
        // The file and the line stand before it.
        throw ExecutionError.input(reason)
      }
    }
    guard !rows.isEmpty else {
      throw ExecutionError.input("\(file.path) has no rows, so there is nothing to train on")
    }
    return rows
  }
}

extension TrainingConfiguration {
  /// Rows checked against this configuration and a model, before any compute is spent.
  fileprivate func trainingSet(_ rows: [TrainingRow], for text: ModelText) throws -> TrainingSet {
    let model = text.source.configuration
    return try TrainingSet(
      rows,
      maxLength: maxLength,
      contextLength: model.contextLength,
      truncates: truncation,
      vocabularySize: model.vocabularySize
    )
  }
}

extension TrainingData {
  /// The content that a training's result depends on, by the names that a checkpoint keeps.
  func facts(
    data: ContentHash,
    model: ContentHash,
    initialAdapter: URL?
  ) throws -> [String: String] {
    var facts = ["data_sha256": data.hex, "model_sha256": model.hex]
    facts["eval_sha256"] = evaluationHash?.hex
    // One that is not there is told with more words when it is read.
    if let initialAdapter, FileKind(at: initialAdapter) == .folder {
      facts["initial_adapter_sha256"] = try FileHash.ofFolder(initialAdapter).hash.hex
    }
    return facts
  }
}

extension TrainingConfiguration {
  /// Gives a model the chat template of the configuration; refuses what cannot be trained so.
  func prepare(_ reference: inout ModelReference) throws {
    if let chatTemplate { reference.chatTemplate = try ChatTemplate(named: chatTemplate) }
    guard finetuningType == .full, reference.adapter != nil else { return }
    throw ExecutionError.input(
      "\(reference.name) is a base model with an adapter, and finetuning_type full trains the "
        + "base's weights alone; merge them first with: tunix-rt model export \(reference.name)"
    )
  }

  /// The adapter that training begins with; nil for a fresh one.
  func adapter(for reference: ModelReference) -> URL? {
    initialAdapter.map { URL(filePath: $0) } ?? reference.adapter
  }
}
