public import Foundation
import HTTPTypes
public import Hummingbird
import NIOPosix
import Workspace

/// The whole HTTP interface: its endpoints as values, and the router made of them.
public struct TunixAPI: Sendable {
  /// How the API is guarded.
  public struct Rules: Hashable, Sendable {
    /// Whether a request without a token is refused.
    public var needsToken: Bool
    /// The names in `Host` that are answered, lower case, without port; nil for every name.
    public var hosts: Set<String>?
    /// The origins whose pages may use the API from a browser, lower case, such as
    /// `http://localhost:5173`.
    public var origins: Set<String>
    /// Where bodies that are files are put while they are read.
    public var temporaryFolder: URL

    /// Takes the rules; by default nobody is asked who they are.
    public init(
      needsToken: Bool = false,
      hosts: Set<String>? = nil,
      origins: Set<String> = [],
      temporaryFolder: URL = FileManager.default.temporaryDirectory
    ) {
      self.needsToken = needsToken
      self.hosts = hosts
      self.origins = origins
      self.temporaryFolder = temporaryFolder
    }
  }

  let services: APIServices
  let rules: Rules
  let metrics = ServerMetrics()
  private let searches = SearchTurn()

  /// Puts the API together over its use cases.
  public init(services: APIServices, rules: Rules = Rules()) {
    self.services = services
    self.rules = rules
  }

  /// Every endpoint, in the order of the document.
  var endpoints: [Endpoint] {
    TraceRoutes.endpoints + TraceSimilarityRoutes.endpoints(searches)
      + DatasetRoutes.endpoints + EvaluationSetRoutes.endpoints
      + GeneratorRoutes.endpoints + UngarRoutes.endpoints + RunRoutes.endpoints
      + ModelRoutes.endpoints
      + ServiceRoutes.endpoints(metrics: metrics)
      + documentEndpoints
  }

  /// What answers requests.
  public func responder() -> RouterResponder<APIContext> {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    let hosts = HostRule(names: rules.hosts)
    let table = EndpointTable(endpoints: endpoints)
    let origins = OriginRule(allowed: rules.origins)
    router.add(
      middleware: RequestGate(table: table, hosts: hosts, origins: origins, metrics: metrics)
    )
    let access = AccessRule(library: services.workspace.access, needsToken: rules.needsToken)
    let reader = BodyReader(limits: services.limits, folder: rules.temporaryFolder)
    for endpoint in endpoints {
      let runner = EndpointRunner(
        endpoint: endpoint,
        services: services,
        access: access,
        reader: reader,
        metrics: metrics,
        threads: .singleton
      )
      router.on(RouterPath(endpoint.path), method: endpoint.method, responder: runner)
    }
    return router.buildResponder()
  }
}

extension TunixAPI {
  /// The document describes itself, so it is made when it is asked for.
  private var documentEndpoints: [Endpoint] {
    let api = self
    return [
      Endpoint(
        method: .get,
        path: "/openapi.json",
        chapter: .service,
        summary: "This document",
        replies: [.json("An OpenAPI 3.1 document", .freeObject)]
      ) { _ in
        let needsToken = api.rules.needsToken
        return .json(OpenAPIDocument(endpoints: api.endpoints, needsToken: needsToken).json)
      },
      Endpoint(
        method: .get,
        path: "/docs",
        chapter: .service,
        summary: "The document for people, one page without outside assets",
        replies: [.bytes("A page", .html)]
      ) { _ in .text(DocumentPage(endpoints: api.endpoints).html, .html) },
    ]
  }
}
