import Access
import Foundations
import HTTPTypes

/// The OpenAPI 3.1 document of some endpoints.
struct OpenAPIDocument {
  let endpoints: [Endpoint]
  /// Whether a request without a token is refused.
  var needsToken = false

  /// The document.
  var json: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "tunix-rt",
        "version": .string(ProductVersion.current),
        "summary": "Reasoning traces, datasets, runs and models.",
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/"]],
      "tags": .array(chapters.map { ["name": .string($0.rawValue)] }),
      "paths": .object(paths),
      "components": [
        "schemas": .object(schemas),
        "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
      ],
    ]
  }

  private var chapters: [Endpoint.Chapter] {
    Endpoint.Chapter.allCases.filter { chapter in endpoints.contains { $0.chapter == chapter } }
  }

  private var paths: [JSONValue.Member] {
    var order: [String] = []
    var operations: [String: [JSONValue.Member]] = [:]
    for endpoint in endpoints {
      if operations[endpoint.path] == nil { order.append(endpoint.path) }
      let method = endpoint.method.rawValue.lowercased()
      operations[endpoint.path, default: []].append(
        JSONValue.Member(key: method, value: operation(endpoint))
      )
    }
    return order.map { JSONValue.Member(key: $0, value: .object(operations[$0] ?? [])) }
  }

  private var schemas: [JSONValue.Member] {
    var names = APIProblem.schema.names
    for endpoint in endpoints {
      let schemas =
        [endpoint.body?.schema].compactMap(\.self) + endpoint.replies.compactMap(\.schema)
      for schema in schemas { names.merge(schema.names) { first, _ in first } }
    }
    return names.sorted { $0.key < $1.key }.map {
      JSONValue.Member(key: $0.key, value: $0.value.json)
    }
  }

  private func operation(_ endpoint: Endpoint) -> JSONValue {
    var json: JSONValue = [
      "operationId": .string(endpoint.operationID),
      "summary": .string(endpoint.summary),
      "tags": [.string(endpoint.chapter.rawValue)],
    ]
    let parameters = endpoint.allParameters.map(parameter)
    if !parameters.isEmpty { json = json.setting("parameters", to: .array(parameters)) }
    if let body = endpoint.body { json = json.setting("requestBody", to: request(body)) }
    if let scope = endpoint.scope {
      let token: JSONValue = ["token": [.string(scope.rawValue)]]
      json = json.setting("security", to: needsToken ? [token] : [[:], token])
    }
    return json.setting("responses", to: .object(responses(of: endpoint)))
  }

  private func parameter(_ parameter: Endpoint.Parameter) -> JSONValue {
    let schema = parameter.isRepeated ? Schema.array(of: parameter.schema) : parameter.schema
    var json: JSONValue = [
      "name": .string(parameter.name),
      "in": .string(parameter.place.rawValue),
      "required": JSONValue(parameter.isRequired),
    ]
    if let text = parameter.schema.text { json = json.setting("description", to: .string(text)) }
    return json.setting("schema", to: schema.json)
  }

  private func request(_ body: Endpoint.RequestShape) -> JSONValue {
    let content = body.types.map { type in
      JSONValue.Member(key: type.essence, value: shape(of: body.schema, type))
    }
    return ["required": JSONValue(body.isRequired), "content": .object(content)]
  }

  private func shape(of schema: Schema?, _ type: MediaType) -> JSONValue {
    guard let schema, type.essence.hasSuffix("json") else {
      return ["schema": ["type": "string"]]
    }
    return ["schema": schema.json]
  }

  private func responses(of endpoint: Endpoint) -> [JSONValue.Member] {
    let replies = endpoint.replies.map { reply in
      JSONValue.Member(key: "\(reply.status.code)", value: response(reply))
    }
    let problems = Dictionary(grouping: endpoint.allProblems, by: \.status.code)
    return replies
      + problems.sorted { $0.key < $1.key }.map { status, codes in
        let names = Set(codes.map(\.rawValue)).sorted().joined(separator: ", ")
        return JSONValue.Member(
          key: "\(status)",
          value: [
            "description": .string(names),
            "content": ["application/problem+json": ["schema": APIProblem.schema.json]],
          ]
        )
      }
  }

  private func response(_ reply: Endpoint.ReplyShape) -> JSONValue {
    var json: JSONValue = ["description": .string(reply.text)]
    if reply.isTagged {
      json = json.setting("headers", to: ["ETag": ["schema": ["type": "string"]]])
    }
    guard !reply.types.isEmpty else { return json }
    let content = reply.types.map { type in
      JSONValue.Member(key: type.essence, value: shape(of: reply.schema, type))
    }
    return json.setting("content", to: .object(content))
  }
}

extension Endpoint {
  /// The declared parameters, and those that follow from the shape.
  var allParameters: [Parameter] {
    guard method == .post, scope != nil else { return parameters }
    let text = "repeats of a request with the same key are answered as the first one was"
    let key = Schema.string(1...Limits.idempotencyKeyCharacters).described(text)
    return parameters
      + [Parameter(name: "Idempotency-Key", place: .header, schema: key, isRequired: false)]
  }

  /// Every code that the address may answer with.
  var allProblems: [ProblemCode] {
    var codes = problems + [.malformedRequest, .invalidRequest, .notAcceptable, .unavailable]
    codes += [.hostRefused, .internalError]
    if scope != nil { codes += [.tokenRequired, .tokenInvalid, .scopeMissing] }
    if method != .get { codes.append(.originRefused) }
    if body != nil { codes += [.unsupportedMediaType, .bodyTooLarge, .storageFull] }
    if method == .post, scope != nil { codes += [.idempotencyInProgress, .idempotencyKeyReused] }
    return codes
  }
}
