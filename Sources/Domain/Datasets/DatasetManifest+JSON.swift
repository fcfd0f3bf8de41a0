public import Foundations

extension DatasetManifest {
  /// The recipe that made it; for a merged dataset, the names and facts alone.
  public var recipe: DatasetRecipe {
    DatasetRecipe(
      name: datasetName,
      version: datasetVersion,
      filters: filters,
      selection: selectionStrategy,
      limit: limit,
      seed: seed,
      split: split?.recipe,
      parentDatasetID: parentDatasetID,
      sessionID: sessionID,
      trainingRunID: trainingRunID,
      provenance: provenance
    )
  }

  /// The manifest's file: the content, when and as which build it was frozen, and its hash.
  public var json: JSONValue {
    let lists: [JSONValue.Member] = [
      JSONValue.Member(
        key: "trace_ids",
        value: .array(items.map { .string($0.traceID.text) })
      ),
      JSONValue.Member(key: "items", value: .array(items.map(\.json))),
    ]
    return .object((head.object ?? []) + lists)
  }

  /// The manifest without its lists of traces.
  var head: JSONValue {
    let content = ManifestContent(
      recipe: recipe,
      items: items,
      statistics: statistics,
      split: split,
      sources: sources,
      provenance: provenance
    )
    let time = JSONValue.string(Timestamp.text(of: createdAt))
    return content.head.setting("build_id", to: .string(buildID.text))
      .setting("created_at", to: time)
      .setting("provenance", to: provenance.setting("build_timestamp", to: time))
      .setting("content_hash", to: .string(contentHash.hex))
  }

  /// What a list shows of it.
  public var summary: DatasetSummary {
    DatasetSummary(
      datasetKey: datasetKey,
      createdAt: createdAt,
      contentHash: contentHash,
      traceCount: traceCount,
      trainCount: items.count { $0.split == .train },
      testCount: items.count { $0.split == .test },
      head: head
    )
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
    var members: JSONValue = ["by": .string(SplitRecipe.by)]
    if let recipe { members = members.setting("seed", to: JSONValue(recipe.seed)) }
    members =
      members.setting("train_count", to: JSONValue(trainCount))
      .setting("test_count", to: JSONValue(testCount))
      .setting("train_groups", to: JSONValue(trainGroups))
      .setting("test_groups", to: JSONValue(testGroups))
      .setting("dropped_test_repeats", to: JSONValue(droppedTestRepeats))
      .setting("dropped_train_duplicates", to: JSONValue(droppedTrainDuplicates))
    switch recipe?.test {
    case .count(let count): return members.setting("test_count_asked", to: JSONValue(count))
    case .fraction(let part): return members.setting("test_fraction", to: JSONValue(part))
    case nil: return members
    }
  }
}
