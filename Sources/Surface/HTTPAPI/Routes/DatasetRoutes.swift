import Access
import Datasets
import Foundations
import HTTPTypes
import Traces
import Workspace

/// The addresses of datasets.
enum DatasetRoutes {
  static let endpoints =
    DatasetBuildRoutes.endpoints + [list, show, checks, verify, diff, lineage]
    + DatasetExportRoutes.endpoints

  static let key = Endpoint.Parameter.path("key", .string(1...256))

  static let summary = Schema.object(
    [
      .required("dataset_key", .string), .required("build_id", .uuid),
      .required("trace_count", .count), .required("created_at", .time),
    ],
    others: .kept
  ).named("Dataset")

  static let check = Schema.object(
    [
      .required("check", .choice(DatasetCheck.Kind.allCases.map(\.rawValue))),
      .required("method", .freeObject), .required("finding_count", .count),
      .required(
        "findings",
        .array(
          of: .object([
            .required("trace_id", .string), .required("other", .string),
            .required("similarity", .number),
          ])
        )
      ),
    ],
    others: .kept
  ).named("DatasetCheck")

  private static let list = Endpoint(
    method: .get,
    path: "/api/datasets",
    chapter: .datasets,
    summary: "List datasets, the newest first",
    scope: .read,
    parameters: Page.parameters + [
      Page.cursor,
      .query("name", .string(1...Limits.datasetNameCharacters).described("only this name")),
      .query("trace_id", .uuid.described("only datasets that hold this trace")),
    ],
    replies: [.json("A page", Page.schema(of: summary))]
  ) { call in
    let page = Page(call)
    let found = try call.services.workspace.datasets.page(
      name: call.text("name"),
      holding: call.text("trace_id").flatMap { Identifier<Trace>($0) },
      cursor: call.text("cursor"),
      limit: page.limit,
      offset: page.offset
    )
    let hasOffset = call.text("cursor") == nil && found.nextCursor != nil
    return page.reply(
      found.datasets.map(\.json),
      nextCursor: found.nextCursor,
      nextOffset: hasOffset ? page.offset + page.limit : nil,
      call
    )
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/datasets/{key}",
    chapter: .datasets,
    summary: "Read a dataset's manifest",
    scope: .read,
    parameters: [key],
    replies: [.json("The manifest", summary, isTagged: true)],
    problems: [.notFound]
  ) { call in
    let dataset = try call.services.workspace.datasets.show(call.path("key"))
    return APIReply.json(dataset.json).tagged(EntityTag(dataset.contentHash.hex)).immutable
  }

  private static let checks = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/checks",
    chapter: .datasets,
    summary: "What was found in a dataset when it was frozen: duplicates and contamination",
    scope: .read,
    parameters: [key],
    replies: [.json("The checks", .object([.required("checks", .array(of: check))]))],
    problems: [.notFound]
  ) { call in
    let library = call.services.workspace.datasets
    let dataset = try library.summary(of: call.path("key"))
    let checks = try library.checks(of: dataset.datasetKey)
    return .json(["checks": .array(checks.map(\.json))])
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
        "What was found, trace by trace",
        .object([
          .required("dataset_key", .string), .required("content_hash", .sha256),
          .required("trace_count", .count), .required("is_intact", .boolean),
          .required("findings", .array(of: .string)),
        ])
      )
    ],
    problems: [.notFound]
  ) { call in
    .json(try call.services.workspace.datasets.verify(call.path("key")).json)
  }

  private static let diff = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/diff",
    chapter: .datasets,
    summary: "What changed from this dataset to another, row by row",
    scope: .read,
    parameters: [key, .query("to", .string(1...256), isRequired: true)],
    replies: [
      .json(
        "Counts and rows",
        .object(
          [.required("from", .string), .required("to", .string), .required("kept", .count)]
            + DatasetDiff.Change.allCases.map { .required($0.rawValue, .count) }
            + [.required("rows", .array(of: .freeObject))]
        )
      )
    ],
    problems: [.notFound]
  ) { call in
    let library = call.services.workspace.datasets
    return .json(try library.diff(from: call.path("key"), to: call.path("to")).json)
  }

  private static let lineage = Endpoint(
    method: .get,
    path: "/api/datasets/{key}/lineage",
    chapter: .datasets,
    summary: "What a dataset was made of, and what was made of it",
    scope: .read,
    parameters: [key],
    replies: [.json("Ancestors, descendants and runs", .freeObject)],
    problems: [.notFound]
  ) { call in
    .json(try call.services.workspace.datasets.lineage(of: call.path("key")).json)
  }
}
