import Access
import Evaluation
import Experiments
import Foundation
import Foundations
import HTTPTypes
import Judging
import Workspace

/// The addresses of runs, under the predecessor's names.
enum RunRoutes {
  static let endpoints = [list, show, status, metrics, items, evaluation, artifacts]

  private static let states = [
    "pending", "running", "completed", "failed", "timeout", "cancel_requested", "cancelled",
  ]

  private static let row = Schema.object(
    [
      .required("run_id", .uuid),
      .required("dataset_key", .string),
      .required("model_id", .string),
      .required("mode", .choice(RunKind.allCases.map(\.rawValue))),
      .required("status", .choice(states)),
      .required("started_at", .time.orNull),
      .required("duration_seconds", .number.orNull),
      .required("metrics", .freeObject.orNull),
    ],
    others: .kept
  ).named("Run")

  private static let list = Endpoint(
    method: .get,
    path: "/api/tunix/runs",
    chapter: .runs,
    summary: "List runs, the newest first",
    scope: .read,
    parameters: Page.parameters + [
      .query("status", .choice(states)),
      .query("dataset_key", .string(1...256)),
      .query("mode", .choice(RunKind.allCases.map(\.rawValue))),
    ],
    replies: [.json("A page", Page.schema(of: row))]
  ) { call in
    let page = Page(call)
    let runs = try call.services.workspace.runs.list(
      kind: call.text("mode").flatMap(RunKind.init(rawValue:)),
      state: call.text("status").flatMap(RunState.init(rawValue:)),
      datasetKey: call.text("dataset_key"),
      limit: page.probeLimit,
      offset: page.offset
    )
    return page.reply(runs.map(json), call)
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/tunix/runs/{id}",
    chapter: .runs,
    summary: "Read a run",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [.json("The run", row)],
    problems: [.notFound]
  ) { call in
    let run = try run(call)
    let manifest = try call.services.workspace.runs.manifest(of: run.id)
    return .json(
      json(of: run)
        .setting("specification", to: run.specification.json)
        .setting("manifest", to: manifest?.json ?? .null)
    )
  }

  private static let status = Endpoint(
    method: .get,
    path: "/api/tunix/runs/{id}/status",
    chapter: .runs,
    summary: "Where a run stands",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [
      .json(
        "Its state and times",
        .object([
          .required("run_id", .uuid), .required("status", .choice(states)),
          .required("queued_at", .time), .required("started_at", .time.orNull),
          .required("completed_at", .time.orNull), .required("exit_code", .integer.orNull),
        ])
      )
    ],
    problems: [.notFound]
  ) { call in
    let run = try run(call)
    var code = JSONValue.null
    if run.status.state.isFinal { code = run.status.state == .completed ? 0 : 1 }
    return .json([
      "run_id": .string(run.id.text),
      "status": .string(run.status.state.rawValue),
      "queued_at": .string(Timestamp.text(of: run.createdAt)),
      "started_at": time(run.startedAt),
      "completed_at": time(run.completedAt),
      "exit_code": code,
    ])
  }

  private static let metrics = Endpoint(
    method: .get,
    path: "/api/tunix/runs/{id}/metrics",
    chapter: .runs,
    summary: "The numbers of every step of a training",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [.json("One object a step; empty where nothing was trained", .array(of: .freeObject))],
    problems: [.notFound]
  ) { call in
    let run = try run(call)
    let file = call.services.workspace.runs.folder(of: run.id).appending(path: "metrics.jsonl")
    let bytes = (try? Data(contentsOf: file)).map { Array($0) } ?? []
    return .json(.array(JSONLines.lines(of: bytes).compactMap { try? $0.value() }))
  }

  private static let items = Endpoint(
    method: .get,
    path: "/api/tunix/runs/{id}/items",
    chapter: .runs,
    summary: "Every judged reply of a run",
    scope: .read,
    parameters: [.path("id", .uuid)] + Page.parameters,
    replies: [.json("A page", Page.schema(of: .freeObject))],
    problems: [.notFound]
  ) { call in
    let run = try run(call)
    let page = Page(call)
    let items = try call.services.workspace.runs.items(of: run.id)
    let rows = items.dropFirst(page.offset).prefix(page.probeLimit).map(\.json)
    return page.reply(rows, call)
  }

  private static let evaluation = Endpoint(
    method: .get,
    path: "/api/tunix/runs/{id}/evaluation",
    chapter: .runs,
    summary: "What the judge said of a run",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [
      .json(
        "The score under both rules",
        .object([
          .required("run_id", .uuid), .required("score", .number),
          .required("verdict", .choice(["pass", "fail"])),
          .required("metrics", .freeObject),
          .required("judge", .object([.required("name", .string), .required("version", .string)])),
          .required("evaluated_at", .time.orNull),
          .required("primary_score", .number.orNull),
        ])
      )
    ],
    problems: [.notFound]
  ) { call in
    let run = try run(call)
    let items = try call.services.workspace.runs.items(of: run.id)
    guard !items.isEmpty else {
      throw APIProblem(.notFound, "the run \(run.id) has no judged items")
    }
    let strict = Accuracy(of: items.map(\.judgement.strict))
    let lenient = Accuracy(of: items.map(\.judgement.lenient))
    let judge = run.specification.judge.description.split(separator: "@", maxSplits: 1)
    return .json([
      "run_id": .string(run.id.text),
      "score": JSONValue(100 * lenient.value),
      "verdict": lenient.correct == lenient.total ? "pass" : "fail",
      "metrics": [
        "answer_correctness": JSONValue(lenient.value),
        "answer_correctness_strict": JSONValue(strict.value),
        "unparseable": JSONValue(lenient.unparseable),
      ],
      "judge": [
        "name": .string(judge.first.map(String.init) ?? ""),
        "version": .string(judge.count > 1 ? String(judge[1]) : ""),
      ],
      "evaluated_at": time(run.completedAt),
      "primary_score": JSONValue(lenient.value),
    ])
  }

  private static let artifacts = Endpoint(
    method: .get,
    path: "/api/tunix/runs/{id}/artifacts",
    chapter: .runs,
    summary: "The files of a run's folder",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [
      .json(
        "The regular files at its top",
        .object([
          .required(
            "artifacts",
            .array(of: .object([.required("name", .string), .required("size", .count)]))
          )
        ])
      )
    ],
    problems: [.notFound]
  ) { call in
    let run = try run(call)
    let folder = call.services.workspace.runs.folder(of: run.id)
    let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey]
    let urls =
      (try? FileManager.default.contentsOfDirectory(
        at: folder,
        includingPropertiesForKeys: Array(keys)
      )) ?? []
    let files = urls.sorted { $0.path < $1.path }.compactMap { url -> JSONValue? in
      guard let values = try? url.resourceValues(forKeys: keys), values.isRegularFile == true
      else { return nil }
      return ["name": .string(url.lastPathComponent), "size": JSONValue(values.fileSize ?? 0)]
    }
    return .json(["artifacts": .array(files)])
  }

  private static func run(_ call: APICall) throws -> Run {
    let id: Identifier<Run> = call.identifier("id")
    return try call.services.workspace.runs.show(id.text)
  }

  private static func time(_ date: Date?) -> JSONValue {
    date.map { .string(Timestamp.text(of: $0)) } ?? .null
  }

  private static func json(of run: Run) -> JSONValue {
    [
      "run_id": .string(run.id.text),
      "dataset_key": .string(run.specification.datasetKey),
      "model_id": .string(run.specification.model),
      "mode": .string(run.specification.kind.rawValue),
      "status": .string(run.status.state.rawValue),
      "message": JSONValue(optional: run.status.message),
      "base_run_id": JSONValue(optional: run.specification.baseRunID?.text),
      "created_at": .string(Timestamp.text(of: run.createdAt)),
      "started_at": time(run.startedAt),
      "completed_at": time(run.completedAt),
      "duration_seconds": run.durationSeconds.map { JSONValue($0) } ?? .null,
      "metrics": run.metrics ?? .null,
    ]
  }
}
