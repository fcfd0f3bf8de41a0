import Access
import Datasets
import Foundations
import HTTPTypes
import Rendering
import Synchronization
import Workspace

/// The addresses under which a dataset's rows leave, and the preview of one.
enum DatasetExportRoutes {
  static let endpoints = [lines, csv, parquet, preview]

  private static let split = Endpoint.Parameter.query(
    "split",
    .choice(["train", "test"]).described("only this side")
  )

  private static let lines = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/export.jsonl",
    chapter: .datasets,
    summary: "A dataset as JSON Lines, always the same bytes",
    scope: .read,
    parameters: [
      DatasetRoutes.key,
      .query(
        "format",
        .choice(ExportFormat.allCases.filter(\.isJSONLines).map(\.rawValue))
          .defaulting(to: "trace")
      ),
      split,
      .query(
        "reasoning_style",
        .choice(ReasoningStyle.allCases.map(\.rawValue))
          .described("how `messages` and `prompt_completion` write steps and answer")
      ),
      .query(
        "instruction",
        .choice(AnswerInstruction.allCases.map(\.rawValue))
          .described("what follows each prompt in `messages` and `prompt_completion`")
      ),
      .query("system", .string(1...10_000).described("the system turn of each `messages` row")),
    ],
    replies: [.bytes("One object a line", .lines)],
    problems: [.notFound]
  ) { call in
    let name = call.text("format") ?? ""
    return try export(call, as: ExportFormat(rawValue: name) ?? .trace, .lines)
  }

  private static let csv = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/export.csv",
    chapter: .datasets,
    summary: "A dataset as a table, comma-separated (RFC 4180)",
    scope: .read,
    parameters: [DatasetRoutes.key, split],
    replies: [.bytes("One row a trace", .csv)],
    problems: [.notFound]
  ) { call in try export(call, as: .csv, .csv) }

  private static let parquet = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/export.parquet",
    chapter: .datasets,
    summary: "A dataset as a table, Apache Parquet",
    scope: .read,
    parameters: [DatasetRoutes.key, split],
    replies: [.bytes("One row a trace", .parquet)],
    problems: [.notFound]
  ) { call in try export(call, as: .parquet, .parquet) }

  /// The first piece is made at once, so that what cannot be exported is a problem and no torn
  /// answer; a small export is one piece with a length, and kept: the dataset and so its tag and its
  /// bytes never change.
  private static func export(
    _ call: APICall,
    as format: ExportFormat,
    _ type: MediaType
  ) throws -> APIReply {
    var options = ExportOptions()
    if let style = call.text("reasoning_style").flatMap(ReasoningStyle.init(rawValue:)) {
      options.style = style
    }
    if let text = call.text("instruction").flatMap(AnswerInstruction.init(rawValue:)) {
      options.instruction = text
    }
    options.system = call.text("system")
    let library = call.services.workspace.datasets
    let dataset = try library.summary(of: call.path("key"))
    let tag = EntityTag(ContentHash(ofText: dataset.contentHash.hex + call.target).hex)
    if call.knows(tag) { return APIReply.unchanged.tagged(tag) }
    if let bytes = call.services.exports.bytes(of: tag) {
      return APIReply(body: .bytes(bytes, type)).tagged(tag)
    }
    var stream = library.export(dataset, as: format, in: side(of: call), options: options)
    let first = try stream.next() ?? []
    let second = try stream.next()
    guard let second else {
      call.services.exports.keep(first, of: tag)
      return APIReply(body: .bytes(first, type)).tagged(tag)
    }
    let rest = Mutex((ready: [second, first], stream: stream))
    return APIReply.pieces(type) {
      try rest.withLock { try $0.ready.popLast() ?? $0.stream.next() }
    }.tagged(tag)
  }

  static func side(of call: APICall) -> DatasetSplit? {
    call.text("split").map { $0 == "train" ? .train : .test }
  }

  private static let preview = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/preview",
    chapter: .datasets,
    summary: "What a model will see of one row, token by token, and which tokens are learned",
    scope: .read,
    parameters: [
      DatasetRoutes.key,
      .query(
        "model",
        Schema(.pattern(.matching("[A-Za-z0-9][A-Za-z0-9._@-]{0,255}")))
          .described("a fetched or promoted model's name"),
        isRequired: true
      ),
      .query("index", .integer(0...Limits.datasetTraces).defaulting(to: 0)),
      split,
      .query("max_length", .integer(1...1_000_000)),
    ],
    replies: [.json("The row's tokens and counts", .freeObject)],
    problems: [.notFound, .notInstalled]
  ) { call in
    guard let preview = call.services.preview else {
      throw APIProblem(.notInstalled, "this server has no engine that could read a model")
    }
    return .json(
      try preview(
        PreviewRequest(
          datasetKey: call.path("key"),
          model: call.path("model"),
          index: call.int("index") ?? 0,
          split: side(of: call),
          maximumLength: call.int("max_length")
        )
      )
    )
  }
}
