import Experiments
import Foundation
import Foundations
import Tensors

/// One benchmark on the engine thread.
struct BenchmarkRun {
  let benchmark: Benchmark
  let reference: ModelReference
  let text: ModelText
  let signal: StopSignal
  private let type: DataType

  init(_ benchmark: Benchmark, _ reference: ModelReference, _ signal: StopSignal) throws {
    self.benchmark = benchmark
    self.reference = reference
    text = try ModelText(reference)
    self.signal = signal
    try benchmark.options.apply()
    type = try benchmark.options.dataType()
  }

  /// The report, and the Chrome trace where one was asked for.
  func result() throws -> (report: JSONValue, trace: JSONValue?) {
    let start = ContinuousClock.now
    let loaded = try LoadedModel(text, adapter: nil, options: benchmark.options)
    let loadSeconds = start.secondsSince
    // The recording begins before the first repetition that counts.
    defer { _ = Profiling.stop() }
    let (timings, tokens) = try measured(loaded)
    let recording = benchmark.profile == nil ? nil : Profiling.stop()
    let memory = ProcessMemory.peakBytes
    let peak = benchmark.measuresPeak ? try MatrixPeak.gigaflops(type) : nil
    var members = facts()
    members += timings.members(tokens: tokens)
    members += [
      JSONValue.Member(key: "load_seconds", value: JSONValue(loadSeconds)),
      JSONValue.Member(key: "peak_memory_bytes", value: memory.map { JSONValue($0) } ?? .null),
    ]
    if let peak {
      members.append(JSONValue.Member(key: "matrix_peak_gigaflops", value: JSONValue(peak)))
    }
    guard let recording else { return (.object(members), nil) }
    members.append(
      JSONValue.Member(key: "profile", value: ProfileSummary(recording).json(peak: peak))
    )
    return (.object(members), ChromeTrace(recording: recording, facts: .object(facts())).json)
  }

  private func measured(_ loaded: LoadedModel) throws -> (Timings, tokens: Int) {
    switch benchmark.kind {
    case .train: try TrainingBenchmark(self).measure(loaded)
    case .generate: try GenerationBenchmark(self).measure(loaded)
    case .load: try loading()
    }
  }

  /// Runs `body` for each repetition, the counted ones inside a span and recorded where asked for.
  func repeated(_ body: () throws -> Void) throws -> Timings {
    var timings = Timings()
    for index in 0..<benchmark.warmup + benchmark.steps {
      if signal.isRaised { throw ExecutionError.interrupted(kept: "nothing was kept") }
      if index == benchmark.warmup { startRecording() }
      let span = Profiling.begin(.step)
      let start = ContinuousClock.now
      try body()
      let seconds = start.secondsSince
      Profiling.end(span)
      if index < benchmark.warmup {
        timings.warmup.append(seconds)
      } else {
        timings.counted.append(seconds)
      }
    }
    return timings
  }

  /// Begins the recording, where a profile was asked for.
  func startRecording() {
    if benchmark.profile != nil { Profiling.start() }
  }

  private func loading() throws -> (Timings, tokens: Int) {
    let timings = try repeated {
      let loaded = try LoadedModel(
        ModelText(reference),
        adapter: nil,
        options: benchmark.options
      )
      try GenerationBenchmark.firstToken(loaded)
    }
    return (timings, 1)
  }

  private func facts() -> [JSONValue.Member] {
    let compute = ComputeFacts.current(type)
    let kind = benchmark.kind
    var members: [(String, JSONValue)] = [
      ("kind", .string(kind.rawValue)), ("model", .string(text.name)),
      ("device", .string(benchmark.device)), ("cpu", .string(compute.cpu)),
      ("instruction_set", .string(compute.isa)), ("dtype", .string(compute.dtype)),
      ("threads", JSONValue(compute.threads)), ("engine", .string(compute.engineVersion)),
      ("layout_rule", .string(compute.layoutRule)), ("steps", JSONValue(benchmark.steps)),
      ("warmup", JSONValue(benchmark.warmup)),
    ]
    if kind == .train {
      members += [
        ("batch_size", JSONValue(benchmark.batchSize)),
        ("sequence_length", JSONValue(benchmark.sequenceLength)),
        ("supervised", JSONValue(benchmark.supervised)), ("lora_r", JSONValue(benchmark.rank)),
      ]
    }
    return members.map { JSONValue.Member(key: $0.0, value: $0.1) }
  }
}

/// The memory of this process as the operating system counts it.
enum ProcessMemory {
  /// The most resident memory so far, in bytes; nil where the system does not say.
  ///
  /// Source: `VmHWM` of proc(5).
  static var peakBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first
      .flatMap { Int($0) }.map { $0 << 10 }
  }
}

/// The best rate of matrix products, the measure that a step's products are compared with.
enum MatrixPeak {
  // Tall and wide enough that packing and edges do not count.
  private static let shapes = [(768, 1536, 1536), (1056, 3072, 576), (2016, 576, 1536)]
  private static let seconds = 0.25

  /// 10⁹ operations a second of the best of several repetitions of several large products.
  static func gigaflops(_ type: DataType) throws -> Double {
    var best = 0.0
    for (rows, columns, inner) in shapes {
      let values = (0..<columns * inner).map { Float($0 % 17) * 0.125 - 1 }
      let weight = FrozenWeight(
        Matrix(rows: columns, columns: inner, values: values),
        dataType: type
      )
      let x = Matrix.activation(rows: rows, columns: inner)
      let y = Matrix.activation(rows: rows, columns: columns)
      let begin = ContinuousClock.now
      var repetitions = 0
      repeat {
        let start = ContinuousClock.now
        try weight.apply(x, into: y)
        best = max(best, 2e-9 * Double(rows * columns * inner) / start.secondsSince)
        repetitions += 1
      } while repetitions < 2 || begin.secondsSince < seconds
    }
    return best
  }
}
