import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// The server as a person starts it, and its settings and tokens.
  struct ServeTests {
    private let folder: ScratchFolder
    private let workspace: URL

    init() throws {
      folder = try ScratchFolder()
      workspace = folder.file("workspace")
    }

    /// Starts the server, lets a script speak to it, and stops it as a service manager does.
    private func serve(_ arguments: [String], script: String) async throws -> Outcome {
      let path = try #require(Program.path)
      let file = try folder.write(
        """
        import json, signal, subprocess, sys, urllib.request, urllib.error
        server = subprocess.Popen([sys.argv[1], "serve", "--port", "0", "--json", *sys.argv[2:]],
                                  stdout=subprocess.PIPE, text=True)
        base = json.loads(server.stdout.readline())["address"]
        def ask(path, body=None, token=None):
            headers = {"Content-Type": "application/json"} if body is not None else {}
            if token: headers["Authorization"] = "Bearer " + token
            data = json.dumps(body).encode() if body is not None else None
            try:
                answer = urllib.request.urlopen(urllib.request.Request(base + path, data, headers))
                return answer.status, json.loads(answer.read())
            except urllib.error.HTTPError as error:
                return error.code, json.loads(error.read())
        \(script)
        server.send_signal(signal.SIGTERM)
        print("ended", server.wait(20))

        """,
        to: "peer.py"
      )
      return try await Program.runScript(file, [path] + arguments, workspace: workspace)
    }

    @Test func `the server stores what the command line then shows, and ends with 0`() async throws
    {
      let outcome = try await serve(
        [],
        script: """
          trace = {"trace_version": "1.0", "prompt": "2 + 2?", "final_answer": "4",
                   "steps": [{"i": 0, "type": "add", "content": "2 + 2 = 4"}], "mine": 1.50}
          print(ask("/api/traces", trace)[0], ask("/api/ready")[1]["status"])
          """
      )

      #expect(outcome.output == "201 ready\nended 0\n", "\(outcome.errors)")
      let list = try await Program.run(["trace", "list"], workspace: workspace)
      #expect(list.output.contains("2 + 2?"))
    }

    @Test func `others reach the server only with a token that allows it`() async throws {
      let refused = try await Program.run(
        ["serve", "--host", "0.0.0.0", "--port", "0"],
        workspace: workspace
      )
      #expect(refused.code == 1)
      #expect(refused.lastError.contains("tunix-rt token create"))
      let token = try await Program.run(
        ["token", "create", "robot", "--scope", "read", "--expires-in", "1h", "--json"],
        workspace: workspace
      ).json()
      let secret = try #require(token["secret"]?.string)

      let outcome = try await serve(
        ["--require-token"],
        script: """
          print(ask("/api/traces")[0], ask("/api/traces", token="\(secret)")[0],
                ask("/api/traces", {}, "\(secret)")[0])
          """
      )

      #expect(outcome.output == "401 200 403\nended 0\n", "\(outcome.errors)")
      let revoked = try await Program.run(["token", "revoke", "robot"], workspace: workspace)
      #expect(revoked.code == 0)
    }

    @Test func `the server shows through a model's eyes what the command line shows`() async throws
    {
      for arguments in [
        ["model", "pull", "tiny", "--from", TinyLlama.url.path],
        ["trace", "import", "--generator", "golden-v2"],
        ["dataset", "build", "--name", "gold", "--version", "v1", "--test-count", "5"],
      ] {
        let outcome = try await Program.run(arguments, workspace: workspace)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      let shown = try await Program.run(
        ["dataset", "preview", "gold-v1", "--model", "tiny", "--index", "2", "--json"],
        workspace: workspace
      ).json()

      let outcome = try await serve(
        [],
        script: """
          place = "/api/datasets/gold-v1/preview?"
          print(json.dumps(ask(place + "model=tiny&index=2")[1]))
          print(json.dumps(ask(place + "model=tiny&index=1&split=test&max_length=9")))
          for rest in ["model=none", "model=tiny&index=99999", "model=/etc/passwd", "model=tiny&index=-1"]:
              status, answer = ask(place + rest)
              print(status, answer["code"], answer["status"] == status, answer.get("errors", [{}])[0].get("pointer"))
          print(ask("/api/datasets/none/preview?model=tiny")[0])
          """
      )

      let lines = outcome.output.split(separator: "\n").map(String.init)
      try #require(lines.count == 8, "\(outcome.errors) \(outcome.output)")
      let served = try JSONValue(parsing: lines[0])
      #expect(served["tokens"]?.array?.isEmpty == false)
      #expect(served.canonical == shown.canonical)
      let cut = try JSONValue(parsing: lines[1])
      #expect(cut[0] == 200 && cut[1]?["split"] == "test")
      #expect(cut[1]?["tokens"]?.array?.count { $0["kept"]?.bool == true } == 9)
      #expect(
        lines[2...] == [
          "404 not_found True None", "422 invalid_request True query/index",
          "422 invalid_request True query/model", "422 invalid_request True query/index", "404",
          "ended 0",
        ]
      )
    }

    @Test func `a setting's origin is told, and an unknown one is an error`() async throws {
      try FileManager.default.createDirectory(at: workspace, withIntermediateDirectories: true)
      try "serve:\n  port: 8123\n".write(
        to: workspace.appending(path: "config.yaml"),
        atomically: true,
        encoding: .utf8
      )

      let shown = try await Program.run(
        ["config", "show", "serve.port", "--origin", "--json"],
        workspace: workspace
      ).json()
      try "serve:\n  prot: 8123\n".write(
        to: workspace.appending(path: "config.yaml"),
        atomically: true,
        encoding: .utf8
      )
      let refused = try await Program.run(["trace", "count"], workspace: workspace)

      #expect(shown["settings"]?[0]?["value"] == "8123")
      #expect(shown["settings"]?[0]?["origin"]?.string?.hasSuffix("config.yaml:2") == true)
      #expect(refused.code == 1)
      #expect(refused.lastError.contains("config.yaml:2: there is no setting serve.prot"))
    }
  }
}
