public import Foundations

extension DatasetManifest {
  /// The manifest's file: the content, when and as which build it was frozen, and its hash.
  public var json: JSONValue {
    content.setting("build_id", to: .string(buildID.text))
      .setting("created_at", to: .string(Timestamp.text(of: createdAt)))
      .setting(
        "provenance",
        to: provenance.setting("build_timestamp", to: .string(Timestamp.text(of: createdAt)))
      )
      .setting("content_hash", to: .string(contentHash.hex))
  }

  /// What the content hash covers.
  var content: JSONValue {
    [
      "dataset_key": .string(datasetKey),
      "dataset_name": .string(datasetName),
      "dataset_version": .string(datasetVersion),
      "dataset_schema_version": .string(DatasetManifest.schemaVersion),
      "filters": filters,
      "selection_strategy": .string(selectionStrategy.rawValue),
      "limit": JSONValue(limit),
      "seed": seed.map { JSONValue($0) } ?? .null,
      "trace_count": JSONValue(traceCount),
      "stats": statistics.json,
      "split": split?.json ?? .null,
      "session_id": optional(sessionID),
      "parent_dataset_id": optional(parentDatasetID),
      "training_run_id": optional(trainingRunID),
      "provenance": provenance,
      "trace_ids": .array(items.map { .string($0.traceID.text) }),
      "items": .array(items.map(\.json)),
    ]
  }

  private func optional(_ text: String?) -> JSONValue {
    text.map(JSONValue.string) ?? .null
  }
}

extension DatasetItem {
  var json: JSONValue {
    [
      "trace_id": .string(traceID.text),
      "content_hash": .string(contentHash.hex),
      "group_key": .string(groupKey),
      "category": category.map(JSONValue.string) ?? .null,
      "split": .string(split.rawValue),
    ]
  }
}

extension DatasetStatistics {
  /// The predecessor's `stats` object.
  public var json: JSONValue {
    [
      "trace_count": JSONValue(traceCount),
      "avg_step_count": JSONValue(averageStepCount),
      "min_step_count": JSONValue(minimumStepCount),
      "max_step_count": JSONValue(maximumStepCount),
      "avg_total_chars": JSONValue(averageTotalCharacters),
    ]
  }
}

extension SplitSummary {
  /// The `split` object of a manifest.
  public var json: JSONValue {
    var test: JSONValue.Member
    switch recipe.test {
    case .count(let count):
      test = JSONValue.Member(key: "test_count_asked", value: JSONValue(count))
    case .fraction(let part): test = JSONValue.Member(key: "test_fraction", value: JSONValue(part))
    }
    let counts: JSONValue = [
      "by": .string(SplitRecipe.by),
      "seed": JSONValue(recipe.seed),
      "train_count": JSONValue(trainCount),
      "test_count": JSONValue(testCount),
      "train_groups": JSONValue(trainGroups),
      "test_groups": JSONValue(testGroups),
      "dropped_test_repeats": JSONValue(droppedTestRepeats),
      "dropped_train_duplicates": JSONValue(droppedTrainDuplicates),
    ]
    return counts.setting(test.key, to: test.value)
  }
}
