import Access
import Datasets
import Foundations
import HTTPTypes
import Workspace

/// The addresses of the built-in collections of traces.
enum GeneratorRoutes {
  static let endpoints = [list, run]

  private static let list = Endpoint(
    method: .get,
    path: "/api/generators",
    chapter: .generators,
    summary: "The built-in generators",
    scope: .read,
    replies: [
      .json(
        "Their names",
        .object([
          .required("generators", .array(of: .object([.required("name", .string)])))
        ])
      )
    ]
  ) { _ in
    let names = TraceGenerator.allCases.map { generator -> JSONValue in
      ["name": .string(generator.rawValue)]
    }
    return .json(["generators": .array(names)])
  }

  private static let run = Endpoint(
    method: .post,
    path: "/api/generators/{name}",
    chapter: .generators,
    summary: "Store a generator's traces; the same seed gives the same traces",
    scope: .write,
    parameters: [.path("name", .choice(TraceGenerator.allCases.map(\.rawValue)))],
    body: .init(
      kind: .checked,
      schema: .object([
        .optional("seed", .integer(0...9_007_199_254_740_991).defaulting(to: 42))
      ]),
      isRequired: false
    ),
    replies: [
      .json(
        .created,
        "The traces are stored",
        .object([
          .required("created_count", .count), .required("existing_count", .count),
          .required("trace_ids", .array(of: .uuid)),
        ])
      )
    ]
  ) { call in
    guard let generator = TraceGenerator(rawValue: call.path("name")) else {
      throw APIProblem(.notFound, "there is no generator \(call.path("name"))")
    }
    let seed = UInt64(call.json["seed"]?.int ?? 42)
    let outcome = try call.services.workspace.traces.importGenerator(generator, seed: seed)
    return .json(
      [
        "created_count": JSONValue(outcome.createdCount),
        "existing_count": JSONValue(outcome.existingCount),
        "trace_ids": .array(outcome.ids.map { .string($0.text) }),
      ],
      .created
    )
  }
}
