import DecoderModels
import Foundations
import ModelFormats
import Tensors
import Training

/// Steps of LoRA training on rows of random tokens.
struct TrainingBenchmark {
  private let run: BenchmarkRun
  private var benchmark: Benchmark { run.benchmark }

  init(_ run: BenchmarkRun) {
    self.run = run
  }

  /// The steps' times, and the tokens of a step.
  func measure(_ loaded: LoadedModel) throws -> (Timings, tokens: Int) {
    let total = benchmark.warmup + benchmark.steps
    var configuration = TrainingConfiguration(model: run.text.name)
    configuration.learningRate = 1e-3
    configuration.lrSchedulerType = .constant
    configuration.maxSteps = total
    configuration.perDeviceTrainBatchSize = benchmark.batchSize
    configuration.maxLength = benchmark.sequenceLength
    configuration.loraR = benchmark.rank
    configuration.loraAlpha = 2 * Double(benchmark.rank)
    let sizes = run.text.source.configuration
    let set = try TrainingSet(
      rows(total * benchmark.batchSize),
      maxLength: benchmark.sequenceLength,
      contextLength: sizes.contextLength,
      truncates: false,
      vocabularySize: sizes.vocabularySize
    )
    let trainer = try Trainer(loaded.model, set: set, configuration: configuration)
    var timings = Timings()
    var losses: [Double] = []
    var span: Profiling.OpenSpan?
    if benchmark.warmup == 0 { run.startRecording() }
    let summary = try trainer.train(
      shouldStop: { run.signal.isRaised },
      events: { event in
        if let span { Profiling.end(span) }
        if case .stepped(let step) = event {
          losses.append(step.loss)
          if step.step <= benchmark.warmup {
            timings.warmup.append(step.seconds)
          } else {
            timings.counted.append(step.seconds)
          }
          if step.step == benchmark.warmup { run.startRecording() }
        }
        span = losses.count < total ? Profiling.begin(.step) : nil
      }
    )
    guard !summary.wasInterrupted else {
      throw ExecutionError.interrupted(kept: "nothing was kept")
    }
    timings.facts = [
      JSONValue.Member(key: "losses", value: .array(losses.map { JSONValue($0) })),
      JSONValue.Member(
        key: "trainable_parameters",
        value: JSONValue(trainer.plan.trainableParameters)
      ),
    ]
    return (timings, benchmark.batchSize * benchmark.sequenceLength)
  }

  private func rows(_ count: Int) -> [TrainingRow] {
    var stream = RandomStream(seed: 42, name: "bench/rows")
    let last = run.text.source.configuration.vocabularySize - 1
    let length = benchmark.sequenceLength
    let learned = max(1, Int((benchmark.supervised * Double(length)).rounded()))
    return (0..<count).map { _ in
      TrainingRow(
        ids: (0..<length).map { _ in Int32(stream.int(in: 0...last)) },
        isSupervised: (0..<length).map { $0 >= length - learned }
      )
    }
  }
}
