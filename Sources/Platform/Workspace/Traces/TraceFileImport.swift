import Files
import Foundation
import Foundations
import Persistence
import Traces

typealias TraceOutcome = TraceInsertion.Outcome
typealias BatchPreparation = Parallel<JSONLines.Line, Result<PreparedTrace, TraceLines.Rejection>>

/// The import of one file: read in batches, prepared on all cores, stored in one transaction.
struct TraceFileImport: ~Copyable {
  private let options: TraceImportOptions
  private let progress: @Sendable (Int) -> Void
  private var reader: RecordReader
  private var report: TraceFileReport
  /// Records that were read to tell the format and are not prepared yet.
  private var sample: [JSONLines.Line] = []

  init(
    name: String,
    reader: consuming RecordReader,
    options: TraceImportOptions,
    progress: @escaping @Sendable (Int) -> Void
  ) {
    self.reader = reader
    self.options = options
    self.progress = progress
    report = TraceFileReport(name: name)
  }

  /// Stores the file's traces, all or none, and reports.
  consuming func run(into database: DatabaseStore, at createdAt: Date) throws -> TraceFileReport {
    sample = try readBatch(limit: Limits.detectionRecords)
    do {
      report.format =
        try sample.isEmpty
        ? options.format : options.format ?? TraceFormat.detect(from: sample.compactMap(Self.value))
    } catch {
      report.recordCount = sample.count
      report.refuse("\(error)")
      return report
    }
    return try database.insertTraces(createdAt: createdAt, isTrial: options.isDryRun) { insertion in
      try store(into: insertion)
      try end()
      return (report, report.isStored)
    }
  }

  private static func value(of line: JSONLines.Line) -> JSONValue? { try? line.value() }

  /// While one batch is stored here, the next one is prepared on the other cores.
  private mutating func store(into insertion: TraceInsertion) throws {
    var current = prepare(try nextBatch())
    while let preparation = current {
      let outcomes = preparation.finish()
      let next = isGivenUp ? nil : prepare(try nextBatch())
      try Task.checkCancellation()
      for outcome in outcomes where !isGivenUp { try add(outcome, to: insertion) }
      progress(reader.readBytes)
      current = isGivenUp ? nil : next
    }
  }

  private mutating func add(
    _ outcome: Result<PreparedTrace, TraceLines.Rejection>,
    to insertion: TraceInsertion
  ) throws {
    report.recordCount += 1
    switch outcome {
    case .failure(let rejection): report.add(rejection)
    case .success(let trace):
      // A refused file is read on for its errors only, unless the counts were asked for.
      let isWanted = report.rejectedCount == 0 || options.skipsInvalid || options.isDryRun
      if isWanted { report.add(try insertion.add(trace)) }
    }
  }

  private var isGivenUp: Bool {
    options.maximumErrors.map { report.rejectedCount >= $0 && report.rejectedCount > 0 } ?? false
  }

  /// Decides whether what was added stays.
  private mutating func end() throws {
    report.rejections.sort { $0.line < $1.line }
    if isGivenUp, options.skipsInvalid {
      report.refuse("given up after \(report.rejectedCount) invalid records")
    } else if report.rejectedCount > 0, !options.skipsInvalid {
      report.refuse("refused for its invalid records", keepingCounts: options.isDryRun)
    }
    report.isStored = report.failure == nil && !options.isDryRun
  }
}

extension TraceFileImport {
  /// The sample first, then the file.
  private mutating func nextBatch() throws -> [JSONLines.Line] {
    guard sample.isEmpty else {
      defer { sample = [] }
      return sample
    }
    return try readBatch(limit: Limits.importBatchRecords)
  }

  private mutating func readBatch(limit: Int) throws -> [JSONLines.Line] {
    var lines: [JSONLines.Line] = []
    var bytes = 0
    while lines.count < limit, bytes < Limits.importBatchBytes {
      do {
        guard let line = try reader.next() else { break }
        bytes += line.bytes.count
        lines.append(line)
      } catch FileError.lineTooLong(_, let line, let limitBytes) {
        report.recordCount += 1
        report.add(
          TraceLines.Rejection(line: line, reason: "longer than \(limitBytes) bytes")
        )
        if isGivenUp { break }
      }
    }
    return lines
  }

  private func prepare(_ records: [JSONLines.Line]) -> BatchPreparation? {
    guard !records.isEmpty, let format = report.format else { return nil }
    let options = options
    return BatchPreparation(records) { line in
      do throws(TraceLines.Rejection) {
        return .success(try Self.prepared(line, in: format, options))
      } catch {
        return .failure(error)
      }
    }
  }

  private static func prepared(
    _ line: JSONLines.Line,
    in format: TraceFormat,
    _ options: TraceImportOptions
  ) throws(TraceLines.Rejection) -> PreparedTrace {
    PreparedTrace(options.stamped(try TraceLines.trace(of: line, in: format)))
  }
}
