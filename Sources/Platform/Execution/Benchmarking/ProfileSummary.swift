import Foundations
import Tensors

/// Where the time of a recording went: one line for each kind of work, products by their sizes.
///
/// A line's time is its spans' own: what lies inside a span is subtracted from it, so that the lines
/// add up to the time of the steps.
struct ProfileSummary {
  struct Line {
    let name: String
    var calls = 0
    var nanoseconds = 0
    var operations = 0

    /// Operations a nanosecond, that is 10⁹ a second.
    var gigaflops: Double {
      nanoseconds > 0 ? Double(operations) / Double(nanoseconds) : 0
    }
  }

  /// The lines, the longest first.
  let lines: [Line]
  /// The time of all steps.
  let stepNanoseconds: Int

  init(_ recording: Profiling.Recording) {
    let spans = recording.spans.sorted {
      ($0.start, $1.duration) < ($1.start, $0.duration)
    }
    var found: [String: Line] = [:]
    var open: [ProfiledSpan] = []
    for span in spans {
      while let last = open.last, last.end <= span.start, span != last { open.removeLast() }
      // A product that another one is made of is not counted twice.
      if span.work == .product, open.last?.work == .product { continue }
      if let parent = open.last {
        found[Self.name(parent), default: Line(name: Self.name(parent))].nanoseconds -=
          span.duration
      }
      var line = found[Self.name(span), default: Line(name: Self.name(span))]
      line.calls += 1
      line.nanoseconds += span.duration
      line.operations += span.product?.operations ?? 0
      found[line.name] = line
      open.append(span)
    }
    lines = found.values.sorted { ($0.nanoseconds, $1.name) > ($1.nanoseconds, $0.name) }
    stepNanoseconds = spans.filter { $0.work == .step }.reduce(0) { $0 + $1.duration }
  }

  /// One object a line; `peak` in 10⁹ operations a second where it was measured.
  func json(peak: Double?) -> JSONValue {
    .array(
      lines.map { line in
        var value: JSONValue = [
          "work": .string(line.name),
          "calls": JSONValue(line.calls),
          "seconds": JSONValue(Double(line.nanoseconds) * 1e-9),
          "percent_of_steps": JSONValue(
            100 * Double(line.nanoseconds) / Double(max(1, stepNanoseconds))
          ),
        ]
        guard line.operations > 0 else { return value }
        value = value.setting("gigaflops", to: JSONValue(line.gigaflops))
        guard let peak, peak > 0 else { return value }
        return value.setting("percent_of_peak", to: JSONValue(100 * line.gigaflops / peak))
      }
    )
  }

  /// `product 1024 x 960 x 576` for rows, columns and inner size; else the work's own name, and
  /// `the rest` for what no span inside a step or pass says.
  static func name(_ span: ProfiledSpan) -> String {
    guard let product = span.product else {
      return span.work == .step || span.work == .pass ? "the rest" : span.work.rawValue
    }
    return "product \(product.rows) x \(product.columns) x \(product.inner)"
  }
}

/// A recording in the format that chrome://tracing and Perfetto read.
///
/// Source: "Trace Event Format", Google: complete events (`"ph": "X"`), times in microseconds.
struct ChromeTrace {
  let recording: Profiling.Recording
  /// Facts about the machine and the work, shown beside the trace.
  let facts: JSONValue

  var json: JSONValue {
    let spans = recording.spans.sorted {
      ($0.start, $1.duration) < ($1.start, $0.duration)
    }
    let names: [JSONValue] = [
      Self.label("process_name", "tunix-rt bench"), Self.label("thread_name", "engine"),
    ]
    return [
      "displayTimeUnit": "ms",
      "otherData": facts.setting("dropped_spans", to: JSONValue(recording.dropped)),
      "traceEvents": .array(names + spans.map(Self.event)),
    ]
  }

  private static func event(_ span: ProfiledSpan) -> JSONValue {
    var event: JSONValue = [
      "name": .string(span.product == nil ? span.work.rawValue : ProfileSummary.name(span)),
      "cat": .string(span.work.rawValue), "ph": "X",
      "ts": JSONValue(Double(span.start) / 1000), "dur": JSONValue(Double(span.duration) / 1000),
      "pid": 1, "tid": 1,
    ]
    if let product = span.product {
      let gigaflops = Double(product.operations) / Double(max(1, span.duration))
      event = event.setting(
        "args",
        to: [
          "rows": JSONValue(product.rows), "columns": JSONValue(product.columns),
          "inner": JSONValue(product.inner), "gigaflops": JSONValue(gigaflops),
        ]
      )
    }
    return event
  }

  private static func label(_ what: String, _ text: String) -> JSONValue {
    ["name": .string(what), "ph": "M", "pid": 1, "tid": 1, "args": ["name": .string(text)]]
  }
}
