public import Foundations

/// What a manifest's content hash covers: everything but the times and the build's name.
struct ManifestContent {
  let recipe: DatasetRecipe
  let items: [DatasetItem]
  let statistics: DatasetStatistics
  let split: SplitSummary?
  let sources: [DatasetSource]
  let provenance: JSONValue

  /// The members but for the lists of traces, as a manifest's file has them.
  var head: JSONValue {
    var members: JSONValue = [
      "dataset_key": .string(recipe.datasetKey),
      "dataset_name": .string(recipe.name),
      "dataset_version": .string(recipe.version),
      "dataset_schema_version": .string(DatasetManifest.schemaVersion),
      "filters": recipe.filters,
      "selection_strategy": .string(recipe.selection.rawValue),
      "limit": JSONValue(recipe.limit),
      "seed": recipe.seed.map { JSONValue($0) } ?? .null,
      "trace_count": JSONValue(items.count),
      "stats": statistics.json,
      "split": split?.json ?? .null,
      "session_id": JSONValue(optional: recipe.sessionID),
      "parent_dataset_id": JSONValue(optional: recipe.parentDatasetID),
      "training_run_id": JSONValue(optional: recipe.trainingRunID),
      "provenance": provenance,
    ]
    // Absent where there are none, so that older manifests keep their hashes.
    if !sources.isEmpty {
      members = members.setting("sources", to: .array(sources.map(\.json)))
    }
    return members
  }

  /// The sha256 of the content's canonical JSON (RFC 8785).
  ///
  /// All keys are ASCII, so their order by UTF-16 units is that of their bytes.
  func hash(_ lists: ManifestLists) -> ContentHash {
    var members = (head.object ?? []).map { ($0.key, $0.value.canonical) }
    members.append(("items", lists.items))
    members.append(("trace_ids", lists.traceIDs))
    var hasher = ContentHasher()
    var separator = "{"
    for (key, value) in members.sorted(by: { $0.0 < $1.0 }) {
      hasher.update(Array("\(separator)\"\(key)\":".utf8))
      hasher.update(value)
      separator = ","
    }
    hasher.update(Array("}".utf8))
    return hasher.finish()
  }
}

extension DatasetSource {
  var json: JSONValue {
    ["dataset_key": .string(datasetKey), "content_hash": .string(contentHash.hex)]
  }
}

extension DatasetItem {
  /// The item as a manifest lists it.
  public var json: JSONValue {
    [
      "trace_id": .string(traceID.text),
      "content_hash": .string(contentHash.hex),
      "group_key": .string(groupKey),
      "category": JSONValue(optional: category),
      "split": .string(split.rawValue),
    ]
  }
}
