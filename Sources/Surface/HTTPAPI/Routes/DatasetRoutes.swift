import Access
import Datasets
import Foundations
import HTTPTypes
import Rendering
import Workspace

/// The addresses of datasets.
enum DatasetRoutes {
  static let endpoints = [build, list, show, verify, export]

  static let key = Endpoint.Parameter.path("key", .string(1...256))

  private static let row = Schema.object(
    [
      .required("dataset_key", .string), .required("build_id", .uuid),
      .required("trace_count", .count), .required("created_at", .time),
    ],
    others: .kept
  ).named("Dataset")

  private static let build = Endpoint(
    method: .post,
    path: "/api/datasets/build",
    chapter: .datasets,
    summary: "Freeze a dataset; the same key with other content is refused",
    scope: .write,
    body: .init(kind: .checked, schema: recipeSchema),
    replies: [
      .json(.created, "The dataset is frozen", buildReply),
      .json(.ok, "It was frozen before with the same content", buildReply),
    ],
    problems: [.conflict]
  ) { call in
    let recipe = try recipe(of: call.json)
    let (dataset, isNew) = try call.services.workspace.datasets.build(recipe)
    let path = "/api/datasets/\(dataset.datasetKey)"
    return .json(
      [
        "dataset_key": .string(dataset.datasetKey),
        "build_id": .string(dataset.buildID.text),
        "trace_count": JSONValue(dataset.traceCount),
        "manifest_path": .string(path),
        "content_hash": .string(dataset.contentHash.hex),
        "created": JSONValue(isNew),
      ],
      isNew ? .created : .ok
    ).located(at: path)
  }

  private static let buildReply = Schema.object(
    [
      .required("dataset_key", .string), .required("build_id", .uuid),
      .required("trace_count", .count),
      .required("manifest_path", .string.described("the address of the manifest")),
      .required("content_hash", .sha256), .required("created", .boolean),
    ],
    others: .kept
  ).named("DatasetBuild")

  private static let recipeSchema = Schema.object([
    .required("dataset_name", .string(1...Limits.datasetNameCharacters)),
    .required("dataset_version", .string(1...Limits.datasetVersionCharacters)),
    .optional("filters", .freeObject.orNull),
    .optional("limit", .integer(1...Limits.datasetTraces).defaulting(to: 100)),
    .optional(
      "selection_strategy",
      .choice(SelectionStrategy.allCases.map(\.rawValue)).defaulting(to: "latest")
    ),
    .optional("seed", .integer(0...9_007_199_254_740_991).orNull),
    .optional("test_count", .integer(1...Limits.datasetTraces).orNull),
    .optional("test_fraction", Schema(.number(minimum: 0, maximum: 1)).orNull),
    .optional("session_id", .string(0...128).orNull),
    .optional("parent_dataset_id", .string(0...256).orNull),
    .optional("training_run_id", .string(0...128).orNull),
    .optional("provenance", .freeObject.orNull),
  ]).named("DatasetRecipe")

  private static func recipe(of json: JSONValue) throws -> DatasetRecipe {
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

  private static let list = Endpoint(
    method: .get,
    path: "/api/datasets",
    chapter: .datasets,
    summary: "List datasets, the newest first",
    scope: .read,
    parameters: Page.parameters,
    replies: [.json("A page", Page.schema(of: row))]
  ) { call in
    let page = Page(call)
    let datasets = try call.services.workspace.datasets
      .list(limit: page.offset + page.probeLimit).dropFirst(page.offset)
    return page.reply(datasets.map(summary), at: "/api/datasets")
  }

  static func summary(of dataset: DatasetManifest) -> JSONValue {
    .object((dataset.json.object ?? []).filter { !["items", "trace_ids"].contains($0.key) })
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/datasets/{key}",
    chapter: .datasets,
    summary: "Read a dataset's manifest",
    scope: .read,
    parameters: [key],
    replies: [.json("The manifest", row, isTagged: true)],
    problems: [.notFound]
  ) { call in
    let dataset = try call.services.workspace.datasets.show(call.path("key"))
    return APIReply.json(dataset.json).tagged(EntityTag(dataset.contentHash.hex)).immutable
  }

  private static let verify = Endpoint(
    method: .post,
    path: "/api/datasets/{key}/verify",
    chapter: .datasets,
    summary: "Hash a dataset's manifest and every trace of it anew",
    scope: .read,
    parameters: [key],
    replies: [
      .json(
        "What was found",
        .object([
          .required("dataset_key", .string), .required("content_hash", .sha256),
          .required("trace_count", .count), .required("intact", .boolean),
          .required("findings", .array(of: .string)),
        ])
      )
    ],
    problems: [.notFound]
  ) { call in
    let check = try call.services.workspace.datasets.verify(call.path("key"))
    return .json([
      "dataset_key": .string(check.datasetKey),
      "content_hash": .string(check.contentHash.hex),
      "trace_count": JSONValue(check.traceCount),
      "intact": JSONValue(check.isIntact),
      "findings": .array(check.findings.map { .string($0) }),
    ])
  }

  private static let formats: [String: ExportFormat] = [
    "trace": .trace, "tunix_sft": .tunixSFT, "training_example": .trainingExample,
  ]

  private static let export = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/export.jsonl",
    chapter: .datasets,
    summary: "A dataset as JSON Lines, always the same bytes",
    scope: .read,
    parameters: [
      key,
      .query("format", .choice(formats.keys.sorted()).defaulting(to: "trace")),
      .query("split", .choice(["train", "test"]).described("only this side")),
    ],
    replies: [.bytes("One object a line", .lines)],
    problems: [.notFound]
  ) { call in
    let split = call.text("split").map { $0 == "train" ? DatasetSplit.train : .test }
    let format = formats[call.text("format") ?? "trace"] ?? .trace
    let traces = try call.services.workspace.datasets.traces(of: call.path("key"), in: split)
    let text = JSONLines.asciiText(traces.map { format.row(for: $0) })
    return .text(text, .lines)
  }
}
