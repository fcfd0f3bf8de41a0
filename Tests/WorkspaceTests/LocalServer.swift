import Foundation
import Testing

/// A web server on this machine that answers a fixed number of requests and then ends by itself.
final class LocalServer {
  let address: String
  private let process: Process
  private let output: FileHandle

  private static let script = """
    import http.server, sys
    answers, status, redirects = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "True"
    content = open(sys.argv[4], "rb").read()
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            print(self.path, self.headers.get("Authorization"), flush=True)
            if redirects and self.path != "/elsewhere":
                self.send_response(302)
                self.send_header("Location", f"http://localhost:{server.server_port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        def log_message(self, *arguments):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.timeout = 20
    print(server.server_port, flush=True)
    for _ in range(answers):
        server.handle_request()
    """

  init(
    content: Data,
    answers: Int,
    status: Int = 200,
    redirectsFirst: Bool = false
  ) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try content.write(to: file)
    let pipe = Pipe()
    process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", Self.script, "\(answers)", "\(status)", redirectsFirst ? "True" : "False",
      file.path,
    ]
    process.standardOutput = pipe
    try process.run()
    output = pipe.fileHandleForReading
    var port = ""
    while let byte = try output.read(upToCount: 1), byte != Data("\n".utf8), !byte.isEmpty {
      port += String(decoding: byte, as: UTF8.self)
    }
    try FileManager.default.removeItem(at: file)
    address = "http://127.0.0.1:\(port)"
  }

  /// The path and the secret of every request, once the server has ended.
  func requests() throws -> [String] {
    let text = try output.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
  }
}

/// A package that holds one member, as a wheel that the package tool accepts.
enum PythonPackage {
  static let isAvailable = (try? run(["-m", "pip", "--version"])) == 0

  static func write(_ content: Data, member: String, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "content")
    try content.write(to: file)
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1] + "/tiny_model-0.1.0-py3-none-any.whl", "w") as wheel:
          wheel.write(sys.argv[2], sys.argv[3])
          def write(name, *lines):
              wheel.writestr("tiny_model-0.1.0.dist-info/" + name, "\\n".join(lines) + "\\n")
          write("METADATA", "Metadata-Version: 2.1", "Name: tiny-model", "Version: 0.1.0")
          write("WHEEL", "Wheel-Version: 1.0", "Generator: test", "Tag: py3-none-any")
          write("RECORD")
      """
    #expect(try run(["-c", script, folder.path, file.path, member]) == 0)
  }

  private static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
