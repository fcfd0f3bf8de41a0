import Foundations
import Traces
import Workspace

/// What an import of several files did, as text and as JSON.
struct TraceImportSummary {
  private static let shownErrors = 20

  let reports: [(name: String, outcome: Result<TraceFileReport, any Error>)]
  let total: Int
  let isDryRun: Bool

  private var readable: [TraceFileReport] { reports.compactMap { try? $0.outcome.get() } }

  private func sum(_ count: (TraceFileReport) -> Int) -> Int {
    readable.map(count).reduce(0, +)
  }

  /// Why the verb fails; nil where every file was taken.
  var failure: String? {
    let refused = readable.filter { $0.failure != nil }
    let fate = isDryRun ? "would be kept out" : "kept out"
    let unread = reports.count - readable.count
    var reasons: [String] = []
    let invalid = refused.map(\.rejectedCount).reduce(0, +)
    if invalid > 0 {
      reasons.append("\(invalid) invalid \(invalid == 1 ? "line" : "lines"); their files \(fate)")
    }
    let others = refused.filter { $0.rejectedCount == 0 }.map { "\($0.name): \($0.failure ?? "")" }
    let errors = reports.compactMap { name, outcome in
      if case .failure(let error) = outcome { "\(Failure(error).text)" } else { nil as String? }
    }
    reasons += others + errors
    guard !refused.isEmpty || unread > 0 else { return nil }
    return reasons.joined(separator: "; ")
  }

  var text: String {
    let lines = reports.flatMap { name, outcome -> [String] in
      switch outcome {
      case .success(let report): Self.lines(of: report, isDryRun: isDryRun)
      case .failure(let error): ["\(name): \(Failure(error).text)"]
      }
    }
    let end =
      isDryRun
      ? "dry run: nothing was stored; \(total) traces in the workspace"
      : "\(total) traces in the workspace"
    return (lines + [end]).joined(separator: "\n")
  }

  private static func lines(of report: TraceFileReport, isDryRun: Bool) -> [String] {
    var facts = [
      "\(report.createdCount) new", "\(report.existingCount) there already",
    ]
    if report.repeatedCount > 0 { facts.append("\(report.repeatedCount) repeated in the file") }
    if report.rejectedCount > 0 { facts.append("\(report.rejectedCount) invalid") }
    let format = report.format.map { " (\($0.rawValue))" } ?? ""
    let shown = report.rejections.prefix(shownErrors).map { "  \(report.name), \($0)" }
    let more = report.rejectedCount - shown.count
    var lines = ["\(report.name)\(format): " + facts.joined(separator: ", ")]
    if let failure = report.failure { lines.append("  \(failure)") }
    lines += shown
    if more > 0 { lines.append("  and \(more) more") }
    return lines
  }

  var json: JSONValue {
    var formats: [JSONValue.Member] = []
    for format in TraceFormat.allCases {
      let count = readable.filter { $0.format == format }.map(\.recordCount).reduce(0, +)
      guard count > 0 else { continue }
      formats.append(JSONValue.Member(key: format.rawValue, value: JSONValue(count)))
    }
    return [
      "imports": .array(reports.map(Self.json)),
      "created": JSONValue(sum(\.createdCount)),
      "existing": JSONValue(sum(\.existingCount)),
      "repeated": JSONValue(sum(\.repeatedCount)),
      "rejected": JSONValue(sum(\.rejectedCount)),
      "formats": .object(formats),
      "dry_run": JSONValue(isDryRun),
      "total": JSONValue(total),
    ]
  }

  private static func json(
    name: String,
    outcome: Result<TraceFileReport, any Error>
  ) -> JSONValue {
    switch outcome {
    case .failure(let error):
      return [
        "source": .string(name), "stored": false, "error": .string(Failure(error).text),
      ]
    case .success(let report):
      return [
        "source": .string(name),
        "format": JSONValue(optional: report.format?.rawValue),
        "records": JSONValue(report.recordCount),
        "created": JSONValue(report.createdCount),
        "existing": JSONValue(report.existingCount),
        "repeated": JSONValue(report.repeatedCount),
        "rejected_count": JSONValue(report.rejectedCount),
        "rejected": .array(report.rejections.map(json)),
        "stored": JSONValue(report.isStored),
        "error": JSONValue(optional: report.failure),
      ]
    }
  }

  private static func json(of rejection: TraceLines.Rejection) -> JSONValue {
    [
      "line": JSONValue(rejection.line), "pointer": JSONValue(optional: rejection.pointer),
      "reason": .string(rejection.reason),
    ]
  }
}
