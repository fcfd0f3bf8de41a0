import Access
import Experiments
import Foundations
import HTTPTypes
import Workspace

/// The addresses that speak of the server itself.
enum ServiceRoutes {
  static func endpoints(metrics: ServerMetrics) -> [Endpoint] {
    [health, ready, prometheus(metrics)]
  }

  private static let health = Endpoint(
    method: .get,
    path: "/api/health",
    chapter: .service,
    summary: "Whether the server lives; asks nothing else",
    replies: [.json("It lives", .object([.required("status", .choice(["healthy"]))]))]
  ) { _ in .json(["status": "healthy"]) }

  private static let readiness = Schema.object([
    .required("status", .choice(["ready", "not_ready"])),
    .required(
      "checks",
      .array(
        of: .object([
          .required("name", .string), .required("ready", .boolean), .required("detail", .string),
        ])
      )
    ),
  ]).named("Readiness")

  private static let ready = Endpoint(
    method: .get,
    path: "/api/ready",
    chapter: .service,
    summary:
      "Whether the server can take work: the database can be written, disk and queue have room",
    replies: [
      .json("It can", readiness),
      .json(.serviceUnavailable, "It cannot; the checks say why", readiness),
    ]
  ) { call in
    let readiness = call.services.workspace.readiness()
    let checks = readiness.parts.map { part -> JSONValue in
      [
        "name": .string(part.name), "ready": JSONValue(part.isReady),
        "detail": .string(part.detail),
      ]
    }
    return .json(
      [
        "status": .string(readiness.isReady ? "ready" : "not_ready"), "checks": .array(checks),
      ],
      readiness.isReady ? .ok : .serviceUnavailable
    )
  }

  private static func prometheus(_ metrics: ServerMetrics) -> Endpoint {
    Endpoint(
      method: .get,
      path: "/metrics",
      chapter: .service,
      summary: "Counts for Prometheus",
      scope: .read,
      replies: [.bytes("Metrics in text format 0.0.4", .metrics)]
    ) { call in
      var text = PrometheusText()
      text.add(metrics)
      text.add(try call.services.workspace.runs.tallies())
      text.begin("tunix_runs_waiting", .gauge, "Runs that wait to be carried out.")
      let waiting = try call.services.workspace.runs.list(
        state: .pending,
        limit: Limits.waitingRuns
      )
      text.sample("tunix_runs_waiting", Double(waiting.count))
      text.begin("tunix_rt_datasets", .gauge, "Datasets in the workspace.")
      text.sample("tunix_rt_datasets", Double(try call.services.workspace.datasets.count()))
      text.addProcess(startedAt: metrics.startedAt)
      return .text(text.text, .metrics)
    }
  }
}
