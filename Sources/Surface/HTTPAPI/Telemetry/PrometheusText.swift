import Foundation

/// Writes metrics in the text format of Prometheus, version 0.0.4.
struct PrometheusText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  private(set) var text = ""

  /// Begins a metric: its samples follow directly.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    let line = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    text += "# HELP \(name) \(line)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Adds one sample without labels.
  mutating func sample(_ name: String, _ value: Double) { sample(name, [], value) }

  /// Adds one sample; labels are in the order given.
  mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
    let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    text += name + (list.isEmpty ? "" : "{\(list)}") + " \(Self.number(value))\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  static func number(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    guard value.rounded() == value, value.magnitude < 1e15 else { return "\(value)" }
    return "\(Int(value))"
  }
}

extension PrometheusText {
  /// The server's own counts.
  mutating func add(_ metrics: ServerMetrics) {
    let state = metrics.snapshot
    let kinds = state.kinds.sorted {
      ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
    }
    begin("tunix_rt_http_requests_total", .counter, "Requests that were answered.")
    for (kind, durations) in kinds {
      let count = Double(durations.buckets.last ?? 0)
      sample("tunix_rt_http_requests_total", labels(of: kind), count)
    }
    begin("tunix_rt_http_requests_running", .gauge, "Requests that are being answered.")
    sample("tunix_rt_http_requests_running", Double(state.running))
    let name = "tunix_rt_http_request_duration_seconds"
    begin(name, .histogram, "Seconds until an answer began.")
    for (kind, durations) in kinds {
      let labels = labels(of: kind)
      for (place, bound) in (ServerMetrics.bounds + [.infinity]).enumerated() {
        let edge = labels + [("le", Self.number(bound))]
        sample(name + "_bucket", edge, Double(durations.buckets[place]))
      }
      sample(name + "_sum", labels, durations.sumSeconds)
      sample(name + "_count", labels, Double(durations.buckets.last ?? 0))
    }
  }

  private func labels(of kind: ServerMetrics.RequestKind) -> [(String, String)] {
    [("method", kind.method), ("route", kind.route), ("status", "\(kind.status)")]
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
