import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import NIOCore

/// Takes a request's body in, counting its bytes: what a header says about them is not believed.
struct BodyReader: Sendable {
  let limits: BodyLimits
  /// Where bodies that go to a file are put.
  let folder: URL

  /// The body as its endpoint wants it.
  func body(of request: Request, as shape: Endpoint.RequestShape) async throws -> CallBody {
    let limit = limits.bytes(shape.limit)
    if let declared = request.headers[.contentLength].flatMap({ Int($0) }), declared > limit {
      throw Self.tooLarge(limit)
    }
    if case .file = shape.kind {
      try Self.checkType(of: request, shape)
      return .file(try await file(of: request, limit: limit))
    }
    let bytes = try await Self.bytes(of: request, limit: limit)
    if bytes.isEmpty {
      guard shape.isRequired else { return .none }
      throw APIProblem(.malformedRequest, "this request needs a body")
    }
    try Self.checkType(of: request, shape)
    let json = try JSONValue(parsing: bytes)
    if case .checked = shape.kind {
      let problems = shape.schema.problems(with: json)
      guard problems.isEmpty else { throw APIProblem(fields: problems) }
    }
    return .json(json)
  }

  private static func checkType(
    of request: Request,
    _ shape: Endpoint.RequestShape
  ) throws(APIProblem) {
    let header = request.headers[.contentType] ?? ""
    let essence = header.prefix { $0 != ";" }
    let type = essence[...].trimmed.lowercased()
    guard shape.types.contains(where: { $0.essence == type }) else {
      let known = shape.types.map(\.essence).joined(separator: ", ")
      throw APIProblem(
        .unsupportedMediaType,
        "Content-Type is \(type.isEmpty ? "absent" : type); this address reads \(known)"
      )
    }
  }

  private static func bytes(of request: Request, limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await buffer in request.body {
      guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge(limit) }
      bytes.append(contentsOf: buffer.readableBytesView)
    }
    return bytes
  }

  private func file(of request: Request, limit: Int) async throws -> URL {
    let url = folder.appending(path: "tunix-rt-\(UUID().uuidString).body")
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw APIProblem(.unavailable, "the server cannot make a temporary file")
    }
    do {
      let handle = try FileHandle(forWritingTo: url)
      defer { try? handle.close() }
      var count = 0
      for try await buffer in request.body {
        count += buffer.readableBytes
        guard count <= limit else { throw Self.tooLarge(limit) }
        try handle.write(contentsOf: Data(buffer.readableBytesView))
      }
      return url
    } catch {
      try? FileManager.default.removeItem(at: url)
      throw error
    }
  }

  private static func tooLarge(_ limit: Int) -> APIProblem {
    var problem = APIProblem(.bodyTooLarge, "the body has more than \(limit) bytes")
    // What is left of the body would have to be read before the next request.
    problem.headers[.connection] = "close"
    return problem
  }
}

extension BodyLimits {
  func bytes(_ limit: Endpoint.BodyLimit) -> Int {
    switch limit {
    case .general: generalBytes
    case .trace: traceBytes
    case .file: fileBytes
    }
  }
}
