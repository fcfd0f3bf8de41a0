import Experiments
import Foundation

/// Writes metrics in the text format of Prometheus, version 0.0.4.
struct PrometheusText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  typealias Labels = [(String, String)]

  private(set) var text = ""

  /// Begins a metric: its samples follow directly.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    let line = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    text += "# HELP \(name) \(line)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Adds one sample without labels.
  mutating func sample(_ name: String, _ value: Double) { sample(name, [], value) }

  /// Adds one sample; labels are in the order given.
  mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
    let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    text += name + (list.isEmpty ? "" : "{\(list)}") + " \(Self.number(value))\n"
  }

  /// Adds the samples of a histogram.
  mutating func histogram(_ name: String, _ labels: Labels, _ histogram: Histogram) {
    for (bound, count) in zip(histogram.bounds, histogram.buckets) {
      sample(name + "_bucket", labels + [("le", Self.number(bound))], Double(count))
    }
    sample(name + "_bucket", labels + [("le", "+Inf")], Double(histogram.count))
    sample(name + "_sum", labels, histogram.sum)
    sample(name + "_count", labels, Double(histogram.count))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  private static func number(_ value: Double) -> String {
    guard value.rounded() == value, value.magnitude < 1e15 else { return "\(value)" }
    return "\(Int(value))"
  }
}

extension PrometheusText {
  /// The server's own counts.
  mutating func add(_ metrics: ServerMetrics) {
    let state = metrics.snapshot
    let requests = state.requests.sorted {
      ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
    }
    begin("tunix_rt_http_requests_total", .counter, "Requests that were answered.")
    for (kind, seconds) in requests {
      sample("tunix_rt_http_requests_total", labels(of: kind), Double(seconds.count))
    }
    begin("tunix_rt_http_requests_running", .gauge, "Requests that are being answered.")
    sample("tunix_rt_http_requests_running", Double(state.running))
    let durations = "tunix_rt_http_request_duration_seconds"
    begin(durations, .histogram, "Seconds until an answer began.")
    for (kind, seconds) in requests { histogram(durations, labels(of: kind), seconds) }
    let writes = "tunix_db_write_latency_ms"
    begin(writes, .histogram, "Milliseconds that storing took, checks included.")
    for (operation, milliseconds) in state.writes.sorted(by: { $0.key < $1.key }) {
      histogram(writes, [("operation", operation)], milliseconds)
    }
  }

  private func labels(of kind: ServerMetrics.RequestKind) -> Labels {
    [("method", kind.method), ("route", kind.route), ("status", "\(kind.status)")]
  }

  /// The runs that ended, under the predecessor's names; a run that is resumed leaves its count.
  mutating func add(_ tallies: [RunTally]) {
    begin("tunix_runs_total", .counter, "Runs that ended.")
    for tally in tallies {
      let labels = [("status", tally.state.rawValue), ("mode", tally.kind.rawValue)]
      sample("tunix_runs_total", labels, Double(tally.count))
    }
    let name = "tunix_runs_duration_seconds"
    begin(name, .histogram, "Seconds from a run's start to its end.")
    for tally in tallies {
      let seconds = Histogram(
        bounds: RunTally.bounds,
        buckets: tally.withinBounds,
        count: tally.begunCount,
        sum: tally.seconds
      )
      histogram(
        name,
        [("mode", tally.kind.rawValue), ("status", tally.state.rawValue)],
        seconds
      )
    }
  }

  /// What the system says of this process, under the names that every exporter uses.
  mutating func addProcess(startedAt: Date) {
    begin("process_start_time_seconds", .gauge, "When the process began, seconds since 1970.")
    sample("process_start_time_seconds", startedAt.timeIntervalSince1970)
    if let bytes = Self.residentBytes {
      begin("process_resident_memory_bytes", .gauge, "Memory that is resident.")
      sample("process_resident_memory_bytes", Double(bytes))
    }
    if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      begin("process_open_fds", .gauge, "Files and sockets that are open.")
      sample("process_open_fds", Double(files.count))
    }
  }

  private static var residentBytes: Int? {
    let text = try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8)
    let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return pages.map { $0 * 4096 }
  }
}
