public import Foundations

extension DatasetManifest {
  /// Reads a manifest's file and checks its content against its own hash.
  public init(json: JSONValue) throws(DatasetError) {
    let fields = try ManifestFields(json, path: "")
    let version = try fields.string("dataset_schema_version")
    guard version == DatasetManifest.schemaVersion else {
      throw .invalidManifest(
        path: "/dataset_schema_version",
        expected: DatasetManifest.schemaVersion,
        found: version
      )
    }
    let split = try SplitSummary.read(fields.json["split"])
    self.init(
      recipe: try DatasetManifest.recipe(fields, split),
      buildID: try fields.value("build_id", "a UUID") { $0.string.flatMap(Identifier.init) },
      createdAt: try fields.value("created_at", "an ISO 8601 time") {
        $0.string.flatMap(Timestamp.date)
      },
      items: try DatasetManifest.items(try fields.required("items")),
      statistics: try DatasetStatistics(json: try fields.required("stats")),
      split: split,
      sources: try DatasetSource.read(fields.json["sources"]),
      provenance: try fields.required("provenance").removing("build_timestamp")
    )
    let expected = try fields.string("content_hash")
    guard contentHash.hex == expected, datasetKey == (try fields.string("dataset_key")) else {
      throw .hashMismatch(expected: expected, found: contentHash.hex)
    }
    try DatasetManifest.requireDisjoint(items)
  }

  private static func recipe(
    _ fields: ManifestFields,
    _ split: SplitSummary?
  ) throws(DatasetError) -> DatasetRecipe {
    DatasetRecipe(
      name: try fields.string("dataset_name"),
      version: try fields.string("dataset_version"),
      filters: try fields.required("filters"),
      selection: try fields.value("selection_strategy", "the name of a strategy") {
        $0.string.flatMap(SelectionStrategy.init)
      },
      limit: try fields.int("limit"),
      seed: try fields.optional("seed", "a whole number") { $0.unsigned },
      split: split?.recipe,
      parentDatasetID: try fields.optional("parent_dataset_id", "a string") { $0.string },
      sessionID: try fields.optional("session_id", "a string") { $0.string },
      trainingRunID: try fields.optional("training_run_id", "a string") { $0.string }
    )
  }

  private static func items(_ json: JSONValue) throws(DatasetError) -> [DatasetItem] {
    guard let values = json.array else {
      throw .invalidManifest(path: "/items", expected: "a list", found: json.kind)
    }
    var items: [DatasetItem] = []
    for (place, value) in values.enumerated() {
      items.append(try DatasetItem(json: value, path: "/items/\(place)"))
    }
    return items
  }
}

extension DatasetItem {
  fileprivate init(json: JSONValue, path: String) throws(DatasetError) {
    let fields = try ManifestFields(json, path: path)
    self.init(
      traceID: try fields.value("trace_id", "a UUID") { $0.string.flatMap(Identifier.init) },
      contentHash: try fields.value("content_hash", "a sha256") {
        $0.string.flatMap(ContentHash.init(hex:))
      },
      groupKey: try fields.string("group_key"),
      category: try fields.optional("category", "a string") { $0.string },
      split: try fields.value("split", "train or test") {
        $0.string.flatMap(DatasetSplit.init)
      }
    )
  }
}

extension DatasetSource {
  fileprivate static func read(_ json: JSONValue?) throws(DatasetError) -> [DatasetSource] {
    var sources: [DatasetSource] = []
    for (place, value) in (json?.array ?? []).enumerated() {
      let fields = try ManifestFields(value, path: "/sources/\(place)")
      sources.append(
        DatasetSource(
          datasetKey: try fields.string("dataset_key"),
          contentHash: try fields.value("content_hash", "a sha256") {
            $0.string.flatMap(ContentHash.init(hex:))
          }
        )
      )
    }
    return sources
  }
}

extension DatasetStatistics {
  fileprivate init(json: JSONValue) throws(DatasetError) {
    let fields = try ManifestFields(json, path: "/stats")
    self.init(
      traceCount: try fields.int("trace_count"),
      averageStepCount: try fields.value("avg_step_count", "a number") { $0.double },
      minimumStepCount: try fields.int("min_step_count"),
      maximumStepCount: try fields.int("max_step_count"),
      averageTotalCharacters: try fields.value("avg_total_chars", "a number") { $0.double }
    )
  }
}

extension SplitSummary {
  fileprivate static func read(_ json: JSONValue?) throws(DatasetError) -> SplitSummary? {
    guard let json, !json.isNull else { return nil }
    let fields = try ManifestFields(json, path: "/split")
    let count = try fields.optional("test_count_asked", "a whole number") { $0.int }
    let fraction = try fields.optional("test_fraction", "a number") { $0.double }
    let size = count.map { .count($0) } ?? fraction.map { SplitRecipe.Size.fraction($0) }
    let seed = try fields.optional("seed", "a whole number") { $0.unsigned }
    return SplitSummary(
      recipe: size.map { SplitRecipe(test: $0, seed: seed ?? 0) },
      trainCount: try fields.int("train_count"),
      testCount: try fields.int("test_count"),
      trainGroups: try fields.int("train_groups"),
      testGroups: try fields.int("test_groups"),
      droppedTestRepeats: try fields.int("dropped_test_repeats"),
      droppedTrainDuplicates: try fields.int("dropped_train_duplicates")
    )
  }
}

extension JSONValue {
  fileprivate var unsigned: UInt64? {
    guard case .number(let number) = self else { return nil }
    return UInt64(number.literal)
  }

  fileprivate func removing(_ key: String) -> JSONValue {
    guard let members = object else { return self }
    return .object(members.filter { !$0.key.hasSameBytes(as: key) })
  }
}

/// The members of one object of a manifest, read with the path of where it stands.
private struct ManifestFields {
  let json: JSONValue
  private let path: String

  init(_ json: JSONValue, path: String) throws(DatasetError) {
    guard json.object != nil else {
      throw .invalidManifest(
        path: path.isEmpty ? "/" : path,
        expected: "an object",
        found: json.kind
      )
    }
    self.json = json
    self.path = path
  }

  func required(_ key: String) throws(DatasetError) -> JSONValue {
    guard let value = json[key] else {
      throw .invalidManifest(path: path + "/" + key, expected: "a member", found: "none")
    }
    return value
  }

  func value<T>(
    _ key: String,
    _ expected: String,
    _ read: (JSONValue) -> T?
  ) throws(DatasetError) -> T {
    let json = try required(key)
    guard let value = read(json) else {
      throw .invalidManifest(path: path + "/" + key, expected: expected, found: json.compact)
    }
    return value
  }

  func optional<T>(
    _ key: String,
    _ expected: String,
    _ read: (JSONValue) -> T?
  ) throws(DatasetError) -> T? {
    guard let json = json[key], !json.isNull else { return nil }
    return try value(key, expected, read)
  }

  func string(_ key: String) throws(DatasetError) -> String {
    try value(key, "a string") { $0.string }
  }

  func int(_ key: String) throws(DatasetError) -> Int {
    try value(key, "a whole number") { $0.int }
  }
}
