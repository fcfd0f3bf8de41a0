import Foundation
import Foundations
import HTTPAPI
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Workspace

/// The API over an empty workspace, asked at its router: no socket, no port.
final class APIHarness: Sendable {
  let folder: ScratchFolder
  let workspace: WorkspaceFolder
  let api: TunixAPI
  private let responder: RouterResponder<APIContext>
  private let channel = NIOAsyncTestingChannel()

  init(
    rules: TunixAPI.Rules = TunixAPI.Rules(),
    limits: BodyLimits = BodyLimits(),
    preview: (@Sendable (PreviewRequest) throws -> JSONValue)? = nil
  ) throws {
    folder = try ScratchFolder()
    workspace = try WorkspaceFolder(creatingAt: folder.url)
    var rules = rules
    rules.temporaryFolder = folder.url
    api = TunixAPI(
      services: APIServices(workspace: workspace, limits: limits, preview: preview),
      rules: rules
    )
    responder = api.responder()
  }

  /// Sends a request and reads the whole answer.
  func send(
    _ method: HTTPRequest.Method,
    _ path: String,
    _ body: String? = nil,
    headers: [String: String] = [:],
    host: String? = nil
  ) async throws -> Answer {
    var fields = HTTPFields()
    if body != nil { fields[.contentType] = "application/json" }
    for (name, value) in headers { fields[HTTPField.Name(name) ?? .via] = value }
    let head = HTTPRequest(
      method: method,
      scheme: "http",
      authority: host,
      path: path,
      headerFields: fields
    )
    let request = Request(
      head: head,
      body: RequestBody(buffer: ByteBuffer(string: body ?? ""))
    )
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    logger[metadataKey: "hb.request.id"] = "own-id"
    let source = APIContext.Source(channel: channel, logger: logger)
    let response = try await responder.respond(to: request, context: APIContext(source: source))
    let collected = Collected()
    try await response.body.write(CollectingWriter(collected: collected))
    return Answer(
      status: response.status.code,
      headers: response.headers,
      bytes: collected.bytes.withLock { $0 }
    )
  }

  /// Sends JSON.
  func send(
    _ method: HTTPRequest.Method,
    _ path: String,
    json: JSONValue,
    headers: [String: String] = [:]
  ) async throws -> Answer {
    try await send(method, path, json.compact, headers: headers)
  }

  /// A small valid trace.
  static func trace(_ number: Int, meta: JSONValue = ["category": "addition"]) -> JSONValue {
    [
      "trace_version": "1.0",
      "prompt": .string("What is \(number) + 1?"),
      "final_answer": .string("\(number + 1)"),
      "steps": [["i": 0, "type": "calculation", "content": .string("\(number) + 1")]],
      "meta": meta,
    ]
  }
}

/// What came back.
struct Answer {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
  /// The problem's stable code.
  var code: String? { json["code"]?.string }
  /// The pointers of the fields that are not valid.
  var pointers: [String] { (json["errors"]?.array ?? []).compactMap { $0["pointer"]?.string } }
}

private final class Collected: Sendable {
  let bytes = Mutex<[UInt8]>([])
}

private struct CollectingWriter: ResponseBodyWriter {
  let collected: Collected

  func write(_ buffer: ByteBuffer) async throws {
    collected.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension ScratchFolder {
  /// A file's bytes.
  func contents(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: file(name))) }
}

extension [UInt8] {
  /// Whether other bytes stand somewhere in these.
  func contains(_ other: [UInt8]) -> Bool {
    Data(self).range(of: Data(other)) != nil
  }
}
