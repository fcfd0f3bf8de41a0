import Foundation
import Foundations
import TestSupport
import Testing

extension EndToEnd {
  /// `tunix-rt bench` on the tiny model: what it reports, and the trace that it writes.
  struct BenchTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// `flags` with spaces between them, and files behind them.
    private func bench(_ flags: String, _ files: [String] = []) async throws -> JSONValue {
      try await Program.run(
        ["bench", "--model", TinyLlama.url.path, "--dtype", "f32", "--json"]
          + flags.split(separator: " ").map(String.init) + files,
        workspace: folder.file("workspace")
      ).json()
    }

    /// The trace's complete events, each as name, category, start and end in microseconds.
    private func events(
      _ name: String
    ) throws -> [(name: String, category: String, start: Double, end: Double)] {
      try #require(try folder.json(name)["traceEvents"]?.array)
        .filter { $0["ph"] == "X" }
        .map { event in
          let start = try #require(event["ts"]?.double)
          return (
            try #require(event["name"]?.string), try #require(event["cat"]?.string), start,
            start + (try #require(event["dur"]?.double))
          )
        }
    }

    @Test func `training is timed step by step, and the facts are told`() async throws {
      let report = try await bench(
        "--steps 3 --warmup 2 --batch-size 2 --sequence-length 16 --supervised 0.5 --rank 4 "
          + "--threads 1 --peak"
      )

      let seconds = (report["seconds"]?.array ?? []).compactMap(\.double)
      #expect(seconds.count == 3 && report["warmup_seconds"]?.array?.count == 2)
      #expect(report["median_seconds"]?.double == seconds.sorted()[1])
      #expect(report["minimum_seconds"]?.double == seconds.min())
      #expect(report["maximum_seconds"]?.double == seconds.max())
      let rate = try #require(report["tokens_per_second"]?.double)
      #expect(abs(rate * seconds.sorted()[1] - 32) < 1e-6)
      #expect(report["device"] == "cpu" && report["dtype"] == "f32" && report["threads"] == 1)
      #expect(report["losses"]?.array?.count == 5)
      #expect(report["peak_memory_bytes"]?.int ?? 0 > 1 << 20)
      #expect(report["matrix_peak_gigaflops"]?.double ?? 0 > 0)
      for key in ["cpu", "instruction_set", "engine", "layout_rule"] {
        #expect(report[key]?.string?.isEmpty == false, "\(key)")
      }
    }

    @Test func `a profile's spans nest, and they cover the steps`() async throws {
      let report = try await bench(
        "--steps 2 --warmup 1 --batch-size 4 --sequence-length 32",
        ["--profile", folder.file("trace.json").path]
      )

      let events = try events("trace.json")
      let steps = events.filter { $0.category == "step" }
      #expect(steps.count == 2)
      for (step, seconds) in zip(steps, report["seconds"]?.array ?? []) {
        #expect(step.end - step.start >= (seconds.double ?? .infinity) * 1e6 - 1)
      }
      let kinds = "product attention normalisation activation rotary head loss optimiser"
      for kind in kinds.split(separator: " ") {
        #expect(events.contains { $0.category == kind }, "\(kind)")
      }
      // Microseconds have three decimals, so that ends that are equal may differ by rounding.
      var open: [(start: Double, end: Double)] = []
      for event in events {
        while let last = open.last, last.end <= event.start + 0.001 { open.removeLast() }
        if let last = open.last { #expect(event.end <= last.end + 0.002, "\(event)") }
        open.append((event.start, event.end))
      }
      let outside = events.filter { event in
        !steps.contains { $0.start <= event.start && event.end <= $0.end + 0.002 }
      }
      #expect(outside.isEmpty, "\(outside)")
      let lines = try #require(report["profile"]?.array)
      let percent = lines.compactMap { $0["percent_of_steps"]?.double }.reduce(0, +)
      #expect(abs(percent - 100) < 0.1)
      #expect(lines.contains { $0["work"] == "product 128 x 128 x 64" }, "\(lines)")
    }

    @Test func `generation writes all its tokens, the same at every repetition`() async throws {
      let flags = "--kind generate --prompts 3 --prompt-tokens 5 --new-tokens 7 --shared-prefix 4 "
      let trace = ["--profile", folder.file("trace.json").path]
      let first = try await bench(flags + "--steps 2", trace)
      let second = try await bench(flags + "--steps 1 --threads 1")

      #expect(first["tokens_per_step"] == 21 && first["prompt_tokens"] == 27)
      #expect(first["answers_sha256"]?.string != nil)
      #expect(first["answers_sha256"] == second["answers_sha256"])
      let events = try events("trace.json")
      #expect(events.count { $0.category == "step" } == 2)
      #expect(events.count { $0.category == "pass" } >= 14)
      #expect(events.contains { $0.category == "sampling" })
    }

    @Test func `prompts come from a file where one is given`() async throws {
      let file = try folder.write(
        lines: [["ids": [5, 6, 7]], ["ids": [8, 9]]],
        to: "prompts.jsonl"
      )
      let report = try await bench(
        "--kind generate --new-tokens 3 --steps 1",
        ["--prompt-file", file.path]
      )

      #expect(report["prompts"] == 2 && report["prompt_tokens"] == 5)
      #expect(report["tokens_per_step"] == 6)
    }

    @Test func `a load is timed from the file to the first token`() async throws {
      let report = try await bench(
        "--kind load --steps 2",
        ["--output", folder.file("report.json").path]
      )

      #expect(report["seconds"]?.array?.count == 2 && report["kind"] == "load")
      #expect(try folder.json("report.json") == report)
    }

    @Test(arguments: [
      (["--device", "gpu"], Int32(1), "there is no device \"gpu\""),
      (["--kind", "speed"], 64, "train, generate, load"),
      (["--steps", "0"], 1, "--steps must be at least 1"),
      (["--sequence-length", "1"], 1, "--sequence-length must be at least 2"),
      (["--supervised", "1.5"], 1, "--supervised must be above 0 and at most 1"),
      (["--sequence-length", "4096"], 1, "context"),
    ])
    func `what cannot be measured is refused with its reason`(
      flags: [String],
      code: Int32,
      reason: String
    ) async throws {
      let outcome = try await Program.run(
        ["bench", "--model", TinyLlama.url.path] + flags,
        workspace: folder.file("workspace")
      )

      #expect(outcome.code == code)
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    }
  }
}
