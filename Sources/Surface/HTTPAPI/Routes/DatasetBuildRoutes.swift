import Access
import Datasets
import Foundations
import HTTPTypes
import Workspace

/// The addresses that freeze datasets.
enum DatasetBuildRoutes {
  static let endpoints = [build, merge, extend]

  private static let largestSeed = 9_007_199_254_740_991

  private static let names: [Schema.Property] = [
    .required("dataset_name", .string(1...Limits.datasetNameCharacters)),
    .required("dataset_version", .string(1...Limits.datasetVersionCharacters)),
  ]

  private static let facts: [Schema.Property] = [
    .optional("session_id", .string(1...128).orNull),
    .optional("training_run_id", .string(1...128).orNull),
    .optional("provenance", .freeObject.orNull),
    .optional(
      "refuse",
      .array(of: .choice(DatasetCheck.Kind.allCases.map(\.rawValue)), 0...2)
        .described("checks that must find nothing")
    ),
  ]

  private static let strategies = SelectionStrategy.allCases.filter { $0 != .merge }

  private static let selection: [Schema.Property] = [
    .optional("filters", .freeObject.orNull.described("members that `meta` must have")),
    .optional("limit", .integer(1...Limits.datasetTraces).defaulting(to: 100)),
    .optional(
      "selection_strategy",
      .choice(strategies.map(\.rawValue)).defaulting(to: "latest")
    ),
    .optional("seed", .integer(0...largestSeed).orNull.described("a draw needs one")),
    .optional("test_count", .integer(1...Limits.datasetTraces).orNull),
    .optional("test_fraction", Schema(.number(minimum: 0, maximum: 1)).orNull),
  ]

  private static let parent: [Schema.Property] = [
    .optional("parent_dataset_id", .string(1...256).orNull)
  ]

  private static let frozen = Schema.object(
    [
      .required("dataset_key", .string), .required("build_id", .uuid),
      .required("trace_count", .count),
      .required("manifest_path", .string.described("the address of the manifest")),
      .required("content_hash", .sha256), .required("created", .boolean),
      .required("checks", .array(of: DatasetRoutes.check)),
    ]
  ).named("DatasetBuild")

  private static let replies: [Endpoint.ReplyShape] = [
    .json(.created, "The dataset is frozen", frozen),
    .json(.ok, "It was frozen before with the same content", frozen),
  ]

  private static let build = Endpoint(
    method: .post,
    path: "/api/datasets/build",
    chapter: .datasets,
    summary: "Freeze a dataset; the same key with other content is refused",
    scope: .write,
    body: .init(
      kind: .checked,
      schema: .object(names + selection + parent + facts).named("DatasetRecipe")
    ),
    replies: replies,
    problems: [.conflict]
  ) { call in
    let library = call.services.workspace.datasets
    let recipe = try recipe(of: call.json)
    return reply(
      try call.metrics.timing("build_dataset") {
        try library.build(recipe, refusing: refusals(of: call))
      }
    )
  }

  private static let merge = Endpoint(
    method: .post,
    path: "/api/datasets/merge",
    chapter: .datasets,
    summary: "Freeze one dataset of several",
    scope: .write,
    body: .init(
      kind: .checked,
      schema: .object(
        [.required("dataset_keys", .array(of: .string(1...256), 2...100))] + names + facts
      )
    ),
    replies: replies,
    problems: [.conflict, .notFound]
  ) { call in
    let keys = (call.json["dataset_keys"]?.array ?? []).compactMap(\.string)
    let library = call.services.workspace.datasets
    return reply(
      try library.merge(keys, into: try recipe(of: call.json), refusing: refusals(of: call))
    )
  }

  private static let extend = Endpoint(
    method: .post,
    path: "/api/datasets/{key}/extend",
    chapter: .datasets,
    summary: "Freeze the next version of a dataset: its rows on their sides, and new ones",
    scope: .write,
    parameters: [DatasetRoutes.key],
    body: .init(kind: .checked, schema: .object(names + selection + facts)),
    replies: replies,
    problems: [.conflict, .notFound]
  ) { call in
    let library = call.services.workspace.datasets
    return reply(
      try library.extend(
        call.path("key"),
        by: try recipe(of: call.json),
        refusing: refusals(of: call)
      )
    )
  }

  private static func reply(_ build: DatasetBuild) -> APIReply {
    let dataset = build.dataset
    let path = "/api/datasets/\(dataset.datasetKey.pathEscaped)"
    return .json(
      [
        "dataset_key": .string(dataset.datasetKey),
        "build_id": .string(dataset.buildID.text),
        "trace_count": JSONValue(dataset.traceCount),
        "manifest_path": .string(path),
        "content_hash": .string(dataset.contentHash.hex),
        "created": JSONValue(build.isNew),
        "checks": .array(build.checks.map(\.json)),
      ],
      build.isNew ? .created : .ok
    ).located(at: path)
  }

  private static func refusals(of call: APICall) -> Set<DatasetCheck.Kind> {
    let names = (call.json["refuse"]?.array ?? []).compactMap(\.string)
    return Set(names.compactMap(DatasetCheck.Kind.init(rawValue:)))
  }

  private static func recipe(of json: JSONValue) throws(APIProblem) -> DatasetRecipe {
    let seed = json["seed"]?.int.map { UInt64($0) }
    var split: SplitRecipe?
    switch (json["test_count"]?.int, json["test_fraction"]?.double) {
    case (_?, _?):
      throw APIProblem(pointer: "/test_fraction", "give test_count or test_fraction, not both")
    case (let count?, nil): split = SplitRecipe(testCount: count, seed: seed ?? 42)
    case (nil, let fraction?): split = SplitRecipe(testFraction: fraction, seed: seed ?? 42)
    case (nil, nil): break
    }
    let strategy = json["selection_strategy"]?.string ?? SelectionStrategy.latest.rawValue
    return DatasetRecipe(
      name: json["dataset_name"]?.string ?? "",
      version: json["dataset_version"]?.string ?? "",
      filters: object(json["filters"]),
      selection: SelectionStrategy(rawValue: strategy) ?? .latest,
      limit: json["limit"]?.int ?? 100,
      seed: seed,
      split: split,
      parentDatasetID: json["parent_dataset_id"]?.string,
      sessionID: json["session_id"]?.string,
      trainingRunID: json["training_run_id"]?.string,
      provenance: object(json["provenance"])
    )
  }

  private static func object(_ value: JSONValue?) -> JSONValue {
    guard let value, !value.isNull else { return [:] }
    return value
  }
}
