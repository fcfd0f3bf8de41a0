import Access
import Datasets
import Foundation
import Foundations
import HTTPTypes
import Synchronization
import Workspace

/// The addresses of evaluation sets.
enum EvaluationSetRoutes {
  static let endpoints = [list, validate, show, importSet, export, contamination]

  private static let name = Endpoint.Parameter.path(
    "name",
    Schema(.pattern(.matching("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")))
  )

  private static let summary = Schema.object([
    .required("name", .string), .required("item_count", .count),
    .required("content_hash", .sha256), .required("counts", .freeObject),
  ]).named("EvaluationSet")

  private static let item = Schema.object(
    [
      .required("id", .string), .required("prompt", .string),
      .required("expected_answer", .string),
    ],
    others: .kept
  ).named("EvaluationItem")

  private static let list = Endpoint(
    method: .get,
    path: "/api/evalsets",
    chapter: .evaluationSets,
    summary: "List evaluation sets by name, the built-in ones included",
    scope: .read,
    replies: [
      .json("All sets", .object([.required("evaluation_sets", .array(of: summary))]))
    ]
  ) { call in
    let sets = try call.services.workspace.evaluationSets.list()
    return .json(["evaluation_sets": .array(sets.map(\.summary))])
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/evalsets/{name}",
    chapter: .evaluationSets,
    summary: "Read an evaluation set with its items",
    scope: .read,
    parameters: [name],
    replies: [
      .json(
        "The set",
        .object([
          .required("name", .string), .required("item_count", .count),
          .required("content_hash", .sha256), .required("counts", .freeObject),
          .required("items", .array(of: item)),
        ]),
        isTagged: true
      )
    ],
    problems: [.notFound]
  ) { call in
    let set = try call.services.workspace.evaluationSets.show(call.path("name"))
    return APIReply.json(set.summary.setting("items", to: .array(set.items.map(\.json))))
      .tagged(EntityTag(set.contentHash.hex)).immutable
  }

  private static let minimum = Endpoint.Parameter.query(
    "min_items",
    .integer(1...Limits.evaluationItems)
      .described("the fewest items (50 where sets are validated, 1 where they are imported)")
  )

  private static let file = Endpoint.RequestShape(
    kind: .file,
    schema: .string.described("JSON Lines of id, prompt, expected_answer"),
    types: [.lines, .jsonl, .plain, .bytes]
  )

  private static let validate = Endpoint(
    method: .post,
    path: "/api/evalsets/validate",
    chapter: .evaluationSets,
    summary: "Check a list of questions without keeping it",
    scope: .read,
    parameters: [minimum],
    body: file,
    replies: [
      .json(
        "What is wrong, and what is unusual",
        .object(
          [
            .required("is_valid", .boolean), .required("item_count", .count),
            .required("errors", .array(of: .string)),
            .required("warnings", .array(of: .string)),
          ],
          others: .kept
        )
      )
    ]
  ) { call in
    let library = call.services.workspace.evaluationSets
    let least = call.int("min_items") ?? EvaluationSetValidation.defaultMinimum
    return .json(library.validate(try bytes(of: call), minimumItems: least).json)
  }

  private static let importSet = Endpoint(
    method: .post,
    path: "/api/evalsets/{name}",
    chapter: .evaluationSets,
    summary: "Keep an evaluation set; other content under a name that is taken is refused",
    scope: .write,
    parameters: [name, minimum],
    body: file,
    replies: [
      .json(.created, "The set is kept", summary), .json(.ok, "It was kept before", summary),
    ],
    problems: [.conflict]
  ) { call in
    let (set, isNew) = try call.services.workspace.evaluationSets.importLines(
      try bytes(of: call),
      name: call.path("name"),
      minimumItems: call.int("min_items") ?? 1
    )
    return APIReply.json(set.summary, isNew ? .created : .ok)
      .located(at: "/api/evalsets/\(set.name)")
  }

  private static func bytes(of call: APICall) throws -> [UInt8] {
    guard case .file(let url) = call.body else { return [] }
    return Array(try Data(contentsOf: url))
  }

  private static let export = Endpoint(
    method: .get,
    path: "/api/evalsets/{name}/export.jsonl",
    chapter: .evaluationSets,
    summary: "An evaluation set as JSON Lines",
    scope: .read,
    parameters: [name],
    replies: [.bytes("One item a line", .lines)],
    problems: [.notFound]
  ) { call in
    let set = try call.services.workspace.evaluationSets.show(call.path("name"))
    return .text(JSONLines.text(set.items.map(\.json)), .lines)
      .tagged(EntityTag(set.contentHash.hex))
  }

  private static let contamination = Endpoint(
    method: .get,
    path: "/api/evalsets/{name}/contamination",
    chapter: .evaluationSets,
    summary: "What the train side of every dataset shares with the set's questions",
    scope: .read,
    parameters: [name],
    replies: [
      .json(
        "One check a dataset",
        .object([.required("datasets", .array(of: DatasetRoutes.check))])
      )
    ],
    problems: [.notFound]
  ) { call in
    let found = try call.services.workspace.evaluationSets.contamination(of: call.path("name"))
    return .json(["datasets": .array(found.map(\.json))])
  }
}
