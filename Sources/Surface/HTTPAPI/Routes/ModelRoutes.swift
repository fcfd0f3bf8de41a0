import Access
import Experiments
import Foundations
import HTTPTypes
import Workspace

/// The addresses of promoted models and of the catalogue of base models.
enum ModelRoutes {
  static let endpoints = [catalogue, list, create, show, version]

  private static let family = Schema.object(
    [
      .required("id", .uuid), .required("name", .string), .required("description", .string),
      .required("task_type", .string.orNull), .required("created_at", .time),
      .required("updated_at", .time),
    ],
    others: .kept
  ).named("ModelFamily")

  private static let catalogue = Endpoint(
    method: .get,
    path: "/api/catalogue",
    chapter: .models,
    summary: "The base models that can be fetched, and which are here",
    scope: .read,
    replies: [
      .json(
        "The catalogue",
        .object([
          .required(
            "models",
            .array(
              of: .object([
                .required("name", .string), .required("title", .string),
                .required("licence", .string), .required("size_bytes", .count),
                .required("sha256", .sha256), .required("is_pulled", .boolean),
              ])
            )
          )
        ])
      )
    ]
  ) { call in
    let pulled = Set(try call.services.workspace.models.list().map(\.name))
    let models = CatalogueEntry.all.map { entry -> JSONValue in
      [
        "name": .string(entry.name), "title": .string(entry.title),
        "licence": .string(entry.licence), "size_bytes": JSONValue(entry.sizeBytes),
        "sha256": .string(entry.sha256.hex), "is_pulled": JSONValue(pulled.contains(entry.name)),
      ]
    }
    return .json(["models": .array(models)])
  }

  private static let list = Endpoint(
    method: .get,
    path: "/api/models",
    chapter: .models,
    summary: "List model families, the last promoted first",
    scope: .read,
    replies: [.json("All families", .array(of: family))]
  ) { call in
    .json(.array(try call.services.workspace.registry.list().map(json)))
  }

  private static let create = Endpoint(
    method: .post,
    path: "/api/models",
    chapter: .models,
    summary: "Make a model family",
    scope: .promote,
    body: .init(
      kind: .checked,
      schema: .object([
        .required(
          "name",
          Schema(.pattern(.matching("[a-zA-Z0-9._-]{1,\(Limits.modelNameCharacters)}")))
        ),
        .optional("description", .string(0...10_000).orNull),
        .optional("task_type", .string(1...64).orNull),
      ])
    ),
    replies: [.json(.created, "The family", family)],
    problems: [.conflict]
  ) { call in
    let registry = call.services.workspace.registry
    let name = call.json["name"]?.string ?? ""
    if try registry.list().contains(where: { $0.name == name }) {
      throw APIProblem(.conflict, "there is a model family \(name) already")
    }
    let family = try registry.create(
      family: name,
      summary: call.json["description"]?.string ?? "",
      taskType: call.json["task_type"]?.string
    )
    return .json(json(of: family), .created).located(at: "/api/models/\(family.id)")
  }

  private static let show = Endpoint(
    method: .get,
    path: "/api/models/{id}",
    chapter: .models,
    summary: "Read a model family with its versions and aliases",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [.json("The family", family)],
    problems: [.notFound]
  ) { call in
    let registry = call.services.workspace.registry
    let id = call.path("id").lowercased()
    guard let family = try registry.list().first(where: { $0.id.text == id }) else {
      throw APIProblem(.notFound, "there is no model family \(id)")
    }
    let record = try registry.show(family.name)
    let aliases = record.aliases.map {
      JSONValue.Member(key: $0.name, value: .string($0.label))
    }
    return .json(
      json(of: family)
        .setting("latest_version", to: record.versions.first.map(json) ?? .null)
        .setting("versions", to: .array(record.versions.map(json)))
        .setting("aliases", to: .object(aliases))
    )
  }

  private static let version = Endpoint(
    method: .get,
    path: "/api/models/versions/{id}",
    chapter: .models,
    summary: "Read a promoted version with where it comes from",
    scope: .read,
    parameters: [.path("id", .uuid)],
    replies: [.json("The version", .freeObject)],
    problems: [.notFound]
  ) { call in
    let registry = call.services.workspace.registry
    let id = call.path("id").lowercased()
    for family in try registry.list() {
      let found = try registry.show(family.name).versions.first { $0.id.text == id }
      if let found { return APIReply.json(json(of: found)).immutable }
    }
    throw APIProblem(.notFound, "there is no model version \(id)")
  }

  private static func json(of family: ModelFamily) -> JSONValue {
    [
      "id": .string(family.id.text), "name": .string(family.name),
      "description": .string(family.summary), "task_type": JSONValue(optional: family.taskType),
      "created_at": .string(Timestamp.text(of: family.createdAt)),
      "updated_at": .string(Timestamp.text(of: family.updatedAt)),
    ]
  }

  private static func json(of version: ModelVersion) -> JSONValue {
    [
      "id": .string(version.id.text), "reference": .string(version.reference),
      "version": .string(version.label), "status": "ready",
      "kind": .string(version.kind.rawValue), "sha256": .string(version.sha256.hex),
      "size_bytes": JSONValue(version.sizeBytes),
      "source_run_id": .string(version.provenance.runID.text),
      "created_at": .string(Timestamp.text(of: version.createdAt)),
      "provenance": version.provenance.json,
    ]
  }
}
