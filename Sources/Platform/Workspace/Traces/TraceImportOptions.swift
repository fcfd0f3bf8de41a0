import Foundations
import Persistence
public import Traces

/// How files of traces are imported.
public struct TraceImportOptions: Hashable, Sendable {
  /// The records' format; nil tells it from the first records of each file.
  public var format: TraceFormat?
  /// Whether the valid records of a file are stored although others are invalid.
  public var skipsInvalid: Bool
  /// Invalid records after which a file is given up; nil for no such end.
  public var maximumErrors: Int?
  /// Whether everything is done and then undone, so that only the report stays.
  public var isDryRun: Bool
  /// Where the traces come from: `meta.source` of each that names none.
  public var source: String?
  /// Under which licence they may be used: `meta.license` of each that names none.
  public var license: String?

  /// Makes the options.
  ///
  /// Without `skipsInvalid` a file is refused for one invalid record, and reading it ends after
  /// `Limits.importErrors` of them, unless another number is named.
  public init(
    format: TraceFormat? = nil,
    skipsInvalid: Bool = false,
    maximumErrors: Int? = nil,
    isDryRun: Bool = false,
    source: String? = nil,
    license: String? = nil
  ) {
    self.format = format
    self.skipsInvalid = skipsInvalid
    self.maximumErrors = maximumErrors ?? (skipsInvalid ? nil : Limits.importErrors)
    self.isDryRun = isDryRun
    self.source = source
    self.license = license
  }

  /// Adds the facts that every trace of an import shares.
  func stamped(_ trace: Trace) -> Trace {
    guard source != nil || license != nil else { return trace }
    var trace = trace
    var meta = trace.meta ?? [:]
    for (key, value) in [("source", source), ("license", license)] {
      if let value, meta[key] == nil { meta = meta.setting(key, to: .string(value)) }
    }
    trace.meta = meta
    return trace
  }
}

/// What the import of one file did, or would do.
public struct TraceFileReport: Hashable, Sendable {
  /// The file, as it was named.
  public let name: String
  /// The records' format; nil where the file is empty or its format cannot be told.
  public internal(set) var format: TraceFormat?
  /// Records that were read.
  public internal(set) var recordCount = 0
  /// Traces that were not stored before.
  public internal(set) var createdCount = 0
  /// Traces whose content was stored before the import.
  public internal(set) var existingCount = 0
  /// Traces whose content stands in the file before.
  public internal(set) var repeatedCount = 0
  /// Records that hold no valid trace.
  public internal(set) var rejectedCount = 0
  /// The first of them with their reasons, at most `Limits.listedErrors`.
  public internal(set) var rejections: [TraceLines.Rejection] = []
  /// Why the file as a whole was refused; nil where it was not.
  public internal(set) var failure: String?
  /// Whether its new traces are stored now.
  public internal(set) var isStored = false

  init(name: String) {
    self.name = name
  }

  mutating func add(_ rejection: TraceLines.Rejection) {
    rejectedCount += 1
    if rejections.count < Limits.listedErrors { rejections.append(rejection) }
  }

  mutating func add(_ outcome: TraceOutcome) {
    switch outcome {
    case .created: createdCount += 1
    case .existing: existingCount += 1
    case .repeated: repeatedCount += 1
    }
  }

  /// Nothing of a refused file stays, so nothing of it counts as new; a dry run says what its valid
  /// records would be.
  mutating func refuse(_ reason: String, keepingCounts: Bool = false) {
    failure = reason
    if keepingCounts { return }
    createdCount = 0
    existingCount = 0
    repeatedCount = 0
  }
}
