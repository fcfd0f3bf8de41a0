import Foundation
import Foundations
import Subprocess
import TestSupport
import Testing

/// The Python with which adapters are checked: `TUNIX_RT_TEST_PYTHON`, else `python3`.
private enum PEFTPython {
  static let path = ProcessInfo.processInfo.environment["TUNIX_RT_TEST_PYTHON"] ?? "python3"

  /// Whether it has PEFT; says once why the test is skipped if not.
  static let hasPEFT: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [path, "-c", "import peft, torch, transformers"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    let isThere = process.terminationStatus == 0
    if !isThere {
      print("PEFT is not installed for \(path); its saved adapters are compared instead.")
    }
    return isThere
  }()
}

extension EndToEnd {
  /// An adapter trained here, loaded by the Python library that defines the format.
  @Suite(.enabled(if: PEFTPython.hasPEFT, "the Python library PEFT is not installed"))
  struct PEFTTests {
    @Test func `PEFT loads an adapter trained here and gives its logits`() async throws {
      let folder = try ScratchFolder()
      let settings = TinyLlama.configuration(model: TinyLlama.url, adapter: nil, steps: 10)
        .replacing("learning_rate: 1.0e-3", with: "learning_rate: 1.0e-2")
      let config = try folder.write(settings, to: "train.yaml")
      let data = try folder.write(lines: try TinyLlama.rows(), to: "rows.jsonl")
      let output = folder.file("out")
      let trained = try await Program.run(
        ["train", "--config", config.path, "--data", data.path, "--output", output.path],
        workspace: folder.url
      )
      #expect(trained.code == 0)
      let prompts: [JSONValue] = [[5, 9, 81, 300], [1, 2, 3], [77, 13, 511, 40, 8]]
      let inputs = try folder.write(lines: prompts.map { ["ids": $0] }, to: "ids.jsonl")

      let logits = try await Program.run(
        [
          "model", "logits", TinyLlama.url.path, "--adapter", output.path + "/adapter", "--dtype",
          "f32", "--file", inputs.path,
        ],
        workspace: folder.url
      )

      let rows = zip(prompts, try logits.lines()).map { $1.setting("ids", to: $0).compact }
      let check = try await Subprocess.run(
        .name("env"),
        arguments: [
          PEFTPython.path, Fixture.url("peft_adapter/check_peft.py").path, TinyLlama.url.path,
          output.path + "/adapter",
        ],
        input: .string(rows.joined(separator: "\n")),
        output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 20)
      )
      print(check.standardOutput)
      #expect(check.terminationStatus.isSuccess, "\(check.standardError)")
    }
  }
}
