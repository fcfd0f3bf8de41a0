import DecoderModels
import Foundations
import Generation
import ModelFormats
import Tensors

/// Greedy generation for a number of prompts at once.
struct GenerationBenchmark {
  private let run: BenchmarkRun
  private var benchmark: Benchmark { run.benchmark }

  init(_ run: BenchmarkRun) {
    self.run = run
  }

  /// The repetitions' times, and the tokens that one writes.
  func measure(_ loaded: LoadedModel) throws -> (Timings, tokens: Int) {
    let prompts = try prompts()
    let generator = Generator(loaded.model, batchSize: prompts.count)
    // Without end tokens every prompt gets all its new tokens.
    let requests = prompts.map {
      SequenceRequest(prompt: $0, maxNewTokens: benchmark.newTokens)
    }
    var written: [[Int32]] = []
    var timings = try run.repeated {
      var span = Profiling.begin(.pass)
      do {
        let result = try generator.generate(
          requests,
          progress: {
            Profiling.end(span)
            if $0.finished < $0.total { span = Profiling.begin(.pass) }
          },
          shouldStop: { run.signal.isRaised }
        )
        written = result.sequences.map(\.ids)
      } catch GenerationError.interrupted {
        throw ExecutionError.interrupted(kept: "nothing was kept")
      }
    }
    let answers = JSONValue.array(written.map { TextInspection.json($0) })
    timings.facts = [
      JSONValue.Member(key: "prompts", value: JSONValue(prompts.count)),
      JSONValue.Member(
        key: "prompt_tokens",
        value: JSONValue(prompts.reduce(0) { $0 + $1.count })
      ),
      JSONValue.Member(key: "new_tokens", value: JSONValue(benchmark.newTokens)),
      JSONValue.Member(
        key: "answers_sha256",
        value: .string(ContentHash(ofCanonical: answers).description)
      ),
    ]
    return (timings, prompts.count * benchmark.newTokens)
  }

  /// The model's first word after one token: what a caller waits for when a model is loaded.
  static func firstToken(_ loaded: LoadedModel) throws {
    let request = SequenceRequest(prompt: [0], maxNewTokens: 1)
    _ = try Generator(loaded.model, batchSize: 1).generate([request])
  }

  private func prompts() throws -> [[Int32]] {
    if let file = benchmark.promptFile {
      let prompts = try DataFile(file).map { json, _ in try TextInspection.ids(json) }
      guard !prompts.isEmpty else {
        throw ExecutionError.input("\(file.path) has no prompts")
      }
      return prompts
    }
    var stream = RandomStream(seed: 42, name: "bench/prompts")
    let last = run.text.source.configuration.vocabularySize - 1
    func random(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32(stream.int(in: 0...last)) }
    }
    let prefix = random(benchmark.sharedPrefix)
    return (0..<benchmark.prompts).map { _ in prefix + random(benchmark.promptTokens) }
  }
}
