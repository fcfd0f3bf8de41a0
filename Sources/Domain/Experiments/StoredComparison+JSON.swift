public import Evaluation
import Foundation
public import Foundations
import Judging

extension StoredComparison {
  /// The sha256 of the comparison's canonical content, without its name and time: comparing the
  /// same two runs again gives the same hash.
  public var contentHash: ContentHash { ContentHash(ofCanonical: content) }

  /// The comparison as JSON, the field order fixed: who was compared, every count, every item.
  public var json: JSONValue {
    let head: JSONValue = [
      "comparison_id": .string(id.text), "created_at": .string(Timestamp.text(of: createdAt)),
      "content_hash": .string(contentHash.hex),
    ]
    return .object((head.object ?? []) + (content.object ?? []))
  }

  /// Reads a stored comparison; every count is computed anew from the items.
  public init(json: JSONValue) throws {
    let fields = try FieldReader(json)
    self.init(
      id: try fields.field("comparison_id", "UUID") { $0.string.flatMap(Identifier.init) },
      baseRunID: try fields.field("base_run_id", "UUID") { $0.string.flatMap(Identifier.init) },
      trainedRunID: try fields.field("trained_run_id", "UUID") {
        $0.string.flatMap(Identifier.init)
      },
      datasetKey: try fields.string("dataset_key"),
      datasetHash: try fields.hash("dataset_sha256"),
      judge: try fields.judge("judge"),
      overlap: try fields.field("training_overlap", "none, unknown or a count") {
        TrainingOverlap(json: $0)
      },
      comparison: try PairedComparison(
        base: try Self.outcomes(of: fields, run: "base"),
        trained: try Self.outcomes(of: fields, run: "trained")
      ),
      createdAt: try fields.date("created_at")
    )
  }

  private var content: JSONValue {
    let categories = comparison.categories.map { category -> JSONValue in
      [
        "category": .string(category.name), "strict": category.strict.json,
        "lenient": category.lenient.json,
      ]
    }
    return [
      "base_run_id": .string(baseRunID.text), "trained_run_id": .string(trainedRunID.text),
      "dataset_key": .string(datasetKey), "dataset_sha256": .string(datasetHash.hex),
      "judge": .string(judge.description), "training_overlap": overlap.json,
      "strict": comparison.strict.json, "lenient": comparison.lenient.json,
      "categories": .array(categories), "items": .array(comparison.items.map(\.json)),
    ]
  }

  private static func outcomes(
    of fields: FieldReader,
    run: String
  ) throws(ExperimentError) -> [ItemOutcome] {
    let items = try fields.field("items", "array") { $0.array }
    var outcomes: [ItemOutcome] = []
    for (place, item) in items.enumerated() {
      let path = "/items/\(place)"
      let fields = try FieldReader(item, path: path)
      let sides = try FieldReader(item[run] ?? .null, path: "\(path)/\(run)")
      outcomes.append(
        ItemOutcome(
          itemID: try fields.string("trace_id"),
          category: try fields.optional("category", "string") { $0.string },
          strict: try sides.field("strict", "outcome") { $0.string.flatMap(Outcome.init) },
          lenient: try sides.field("lenient", "outcome") { $0.string.flatMap(Outcome.init) }
        )
      )
    }
    return outcomes
  }
}

extension PairedBlock {
  /// The block as JSON, the field order fixed.
  public var json: JSONValue {
    [
      "base": base.json, "trained": trained.json, "delta": JSONValue(delta),
      "fixed": JSONValue(fixed), "broken": JSONValue(broken),
      "both_right": JSONValue(bothRight), "both_wrong": JSONValue(bothWrong),
      "p_value": JSONValue(pValue),
    ]
  }
}

extension Accuracy {
  fileprivate var json: JSONValue {
    [
      "accuracy": JSONValue(value), "correct": JSONValue(correct), "total": JSONValue(total),
      "unparseable": JSONValue(unparseable),
      "interval": [JSONValue(interval.lower), JSONValue(interval.upper)],
    ]
  }
}

extension PairedItem {
  fileprivate var json: JSONValue {
    [
      "trace_id": .string(itemID), "category": JSONValue(optional: base.category),
      "base": base.sides, "trained": trained.sides, "change": .string(change(.lenient).rawValue),
    ]
  }
}

extension ItemOutcome {
  fileprivate var sides: JSONValue {
    ["strict": .string(strict.rawValue), "lenient": .string(lenient.rawValue)]
  }
}

extension TrainingOverlap {
  /// `"none"`, `"unknown"`, or the number of compared items that were trained on.
  public var json: JSONValue {
    switch self {
    case .none: "none"
    case .unknown: "unknown"
    case .items(let count): JSONValue(count)
    }
  }

  init?(json: JSONValue) {
    switch (json.string, json.int) {
    case ("none", _): self = .none
    case ("unknown", _): self = .unknown
    case (_, .some(let count)): self = .items(count)
    default: return nil
    }
  }
}
