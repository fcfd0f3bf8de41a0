import Access
import Dispatch
import Foundation
import HTTPAPI
import Logging
import Server
import Synchronization
import TestSupport
import Testing
import Workspace

/// The server on a real socket, asked by another program.
@Suite(.serialized)
struct APIServerTests {
  let folder: ScratchFolder
  let workspace: WorkspaceFolder

  init() throws {
    folder = try ScratchFolder()
    workspace = try WorkspaceFolder(creatingAt: folder.file("workspace"))
  }

  @Test func `a connection is kept, and an answer is compressed where the client takes it`()
    async throws
  {
    let told = try await serving { port in
      try await Peer.run(
        """
        c = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(2):
            c.request("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"})
            a = c.getresponse()
            text = gzip.decompress(a.read())
            tell(a.status, a.headers["Content-Encoding"], json.loads(text)["openapi"],
                 ", ".join(a.headers.get_all("Vary")))
        c.request("GET", "/api/health", headers={"Accept-Encoding": "gzip"})
        a = c.getresponse(); tell(a.status, a.headers["Content-Encoding"], a.read().decode().strip())
        """,
        port
      )
    }

    #expect(
      told == [
        "200 gzip 3.1.0 Origin, Accept-Encoding", "200 gzip 3.1.0 Origin, Accept-Encoding",
        "200 None {\"status\":\"healthy\"}",
      ]
    )
  }

  @Test func `a body without a length is counted as it comes`() async throws {
    let limits = BodyLimits(traceBytes: 1000, generalBytes: 1000)

    let told = try await serving(limits: limits) { port in
      try await Peer.run(
        """
        c = http.client.HTTPConnection("127.0.0.1", port)
        c.request("POST", "/api/traces/batch", iter([b"[" + b" " * 700] * 3),
                  {"Content-Type": "application/json"}, encode_chunked=True)
        a = c.getresponse(); tell(a.status, json.loads(a.read())["code"])
        """,
        port
      )
    }

    #expect(told == ["413 body_too_large"])
  }

  @Test func `what is not HTTP is a bad request, and the server goes on`() async throws {
    let told = try await serving { port in
      try await Peer.run(
        #"""
        for text in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nA" + b"x" * 200000,
                     b"POST /api/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"):
            s = socket.create_connection(("127.0.0.1", port)); s.settimeout(60)
            try:
                s.sendall(text + b"\r\n\r\n"); answer = s.recv(100)
            except ConnectionError:
                answer = b""
            tell(answer[:12] in (b"", b"HTTP/1.1 400"))
        c = http.client.HTTPConnection("127.0.0.1", port); c.request("GET", "/api/health")
        tell(c.getresponse().status)
        """#,
        port
      )
    }

    #expect(told == ["True", "True", "True", "True", "200"])
  }

  @Test func `a request that is being sent when the server is stopped is still answered`()
    async throws
  {
    let stopped = Mutex<(@Sendable () -> Void)?>(nil)
    let keep = { (stop: @escaping @Sendable () -> Void) in stopped.withLock { $0 = stop } }
    let told = try await serving(handle: keep) { port in
      try await Peer.run(
        """
        body = json.dumps({"trace_version": "1", "prompt": "p", "final_answer": "a",
                           "steps": [{"i": 0, "type": "t", "content": "c"}]}).encode()
        c = http.client.HTTPConnection("127.0.0.1", port)
        c.putrequest("POST", "/api/traces"); c.putheader("Content-Type", "application/json")
        c.putheader("Content-Length", str(len(body))); c.endheaders(); c.send(body[:20])
        while True:
            other = http.client.HTTPConnection("127.0.0.1", port); other.request("GET", "/metrics")
            if b"requests_running 2" in other.getresponse().read(): break
        tell("half"); sys.stdin.readline(); c.send(body[20:])
        tell(c.getresponse().status)
        """,
        port,
        afterFirstLine: {
          stopped.withLock { $0 }?()
          try await Task.sleep(for: .milliseconds(300))
        }
      )
    }

    #expect(told == ["half", "201"])
    #expect(try workspace.traces.count() == 1)
  }

  @Test func `an address that others reach needs a token before the server starts`() throws {
    let options = ServerOptions(host: "0.0.0.0", port: 0)
    let services = APIServices(workspace: workspace)

    #expect(throws: ServerError.needsToken(host: "0.0.0.0")) {
      try APIServer(services: services, options: options, logger: quiet)
    }
    _ = try workspace.access.create(name: "a", scopes: [.read])
    #expect(throws: Never.self) {
      try APIServer(services: services, options: options, logger: quiet)
    }
    try workspace.access.revoke("a")
    #expect(throws: ServerError.needsToken(host: "0.0.0.0")) {
      try APIServer(services: services, options: options, logger: quiet)
    }
  }

  @Test(
    arguments: [
      ("127.0.0.1", true), ("127.8.9.1", true), ("localhost", true), ("::1", true), ("[::1]", true),
      ("0.0.0.0", false), ("::", false), ("127.0.0.1.example", false), ("192.168.0.7", false),
    ])
  func `loopback is told from other addresses`(host: String, isLoopback: Bool) {
    #expect(ServerOptions(host: host).isLoopback == isLoopback)
  }
}

extension APIServerTests {
  private var quiet: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  /// Runs the server on a free port while `body` runs; then stops it and waits for its end.
  private func serving(
    limits: BodyLimits = BodyLimits(),
    handle: (@escaping @Sendable () -> Void) -> Void = { _ in },
    _ body: (Int) async throws -> [String]
  ) async throws -> [String] {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let server = try APIServer(
      services: APIServices(workspace: workspace, limits: limits),
      options: ServerOptions(
        port: 0,
        allowedOrigins: ["http://localhost:5173"],
        limits: limits,
        temporaryFolder: folder.url
      ),
      logger: quiet
    ) { continuation.yield($0) }
    let work = Task { try await server.run() }
    handle { work.cancel() }
    defer { work.cancel() }
    var told: [String] = []
    for await port in ports {
      told = try await body(port)
      break
    }
    work.cancel()
    try await work.value
    return told
  }
}

/// Another program that speaks HTTP: Python's standard library.
enum Peer {
  private static let head = """
    import sys, json, gzip, socket, http.client
    port = int(sys.argv[1])
    def tell(*words): print(*words, flush=True)

    """

  /// Runs a script and returns its lines; after the first one `afterFirstLine` is done and a line is
  /// sent to it.
  static func run(
    _ script: String,
    _ port: Int,
    afterFirstLine: (() async throws -> Void)? = nil
  ) async throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", head + script, "\(port)"]
    let (output, input) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardInput = input
    try process.run()
    var bytes = Data()
    if let afterFirstLine {
      bytes += try await blocking {
        try output.fileHandleForReading.read(through: UInt8(ascii: "\n"))
      }
      try await afterFirstLine()
      try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
    }
    bytes += try await blocking { try output.fileHandleForReading.readToEnd() ?? Data() }
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Waits on a thread of its own: the server in this process needs the shared ones.
  private static func blocking(_ read: @escaping @Sendable () throws -> Data) async throws -> Data {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: read)) }
    }
  }
}

extension FileHandle {
  /// Reads up to a byte and the byte itself.
  fileprivate func read(through last: UInt8) throws -> Data {
    var bytes = Data()
    while let piece = try read(upToCount: 1), !piece.isEmpty {
      bytes.append(piece)
      if piece == Data([last]) { break }
    }
    return bytes
  }
}
