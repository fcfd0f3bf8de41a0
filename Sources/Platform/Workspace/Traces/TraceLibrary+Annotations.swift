public import Foundations
import Persistence
public import Traces

/// A trace with what is known beside its content.
public struct AnnotatedTrace: Hashable, Sendable {
  /// The trace.
  public let stored: StoredTrace
  /// Its tags, archive flag, labels and scores.
  public let annotations: TraceAnnotations
}

/// Two traces side by side with their baseline scores.
public struct TraceComparison: Hashable, Sendable {
  /// One side.
  public struct Side: Hashable, Sendable {
    /// The trace.
    public let stored: StoredTrace
    /// Its baseline score, taken now and not stored.
    public let score: BaselineScore
  }

  /// The trace that the other one is compared with.
  public let base: Side
  /// The other one.
  public let other: Side
}

extension TraceLibrary {
  /// A trace with its tags, archive flag, labels and scores.
  public func annotated(_ name: String) throws -> AnnotatedTrace {
    let stored = try show(name)
    guard let annotations = try database.annotations(of: stored.id) else {
      throw Self.unknown(name)
    }
    return AnnotatedTrace(stored: stored, annotations: annotations)
  }

  /// Two traces with their baseline scores; an unknown one is named by its side.
  public func compare(base: String, other: String) throws -> TraceComparison {
    TraceComparison(base: try side("base", base), other: try side("other", other))
  }

  private func side(_ name: String, _ trace: String) throws -> TraceComparison.Side {
    do {
      let stored = try show(trace)
      return TraceComparison.Side(stored: stored, score: BaselineScore(of: stored.trace))
    } catch WorkspaceError.unknown(_, let missing, let hint) {
      throw WorkspaceError.unknown(noun: "\(name) trace", name: missing, hint: hint)
    }
  }

  /// Scores a trace and keeps the score; `baseline` is the one criteria there is.
  public func score(
    _ name: String,
    criteria: String = BaselineScore.criteria
  ) throws -> (id: Identifier<Trace>, score: TraceScore) {
    guard criteria == BaselineScore.criteria else {
      throw WorkspaceError.invalidRequest(
        parameter: "criteria",
        reason: "\"\(criteria.prefix(64))\" is not known; known is \(BaselineScore.criteria)"
      )
    }
    let stored = try show(name)
    let baseline = BaselineScore(of: stored.trace)
    let createdAt = now()
    let score = TraceScore(
      id: .random(),
      criteria: criteria,
      score: baseline.value,
      details: baseline.details.setting(
        "scored_at",
        to: .string(Timestamp.text(of: createdAt))
      ),
      createdAt: createdAt
    )
    guard try database.insert(score: score, of: stored.id) else { throw Self.unknown(name) }
    return (stored.id, score)
  }

  /// Adds and removes tags of a trace.
  @discardableResult
  public func tag(
    _ name: String,
    adding: [String] = [],
    removing: [String] = []
  ) throws -> AnnotatedTrace {
    for tag in adding { try Trace.check(tag: tag) }
    let id = try id(of: name)
    guard try database.changeTags(of: id, adding: adding, removing: removing) else {
      throw Self.unknown(name)
    }
    return try annotated(id.text)
  }

  /// Says of steps, by their index `i`, what they are worth; nil clears what was said.
  @discardableResult
  public func label(
    _ name: String,
    steps: [(step: Int, verdict: StepLabel.Verdict?)],
    note: String? = nil
  ) throws -> AnnotatedTrace {
    guard note?.unicodeScalars.count ?? 0 <= Limits.labelNoteCharacters else {
      throw WorkspaceError.invalidRequest(
        parameter: "note",
        reason: "more than \(Limits.labelNoteCharacters) characters"
      )
    }
    let stored = try show(name)
    let known = Set(stored.trace.steps.map(\.i))
    for (step, _) in steps where !known.contains(step) {
      throw WorkspaceError.invalidRequest(
        parameter: "i",
        reason: "trace \(stored.id) has no step \(step); it has "
          + known.sorted().prefix(20).map(String.init).joined(separator: ", ")
      )
    }
    let createdAt = now()
    let labels = steps.compactMap { step, verdict in
      verdict.map { StepLabel(step: step, verdict: $0, note: note, createdAt: createdAt) }
    }
    let cleared = steps.filter { $0.verdict == nil }.map(\.step)
    guard try database.changeLabels(of: stored.id, setting: labels, clearing: cleared) else {
      throw Self.unknown(name)
    }
    return try annotated(stored.id.text)
  }

  /// Archives a trace: lists and new datasets leave it out, datasets that hold it keep it.
  @discardableResult
  public func archive(_ name: String) throws -> AnnotatedTrace {
    try setArchived(name, true)
  }

  /// Takes a trace back from the archive.
  @discardableResult
  public func unarchive(_ name: String) throws -> AnnotatedTrace {
    try setArchived(name, false)
  }

  private func setArchived(_ name: String, _ isArchived: Bool) throws -> AnnotatedTrace {
    let id = try id(of: name)
    guard try database.setArchived(id, at: isArchived ? now() : nil) else {
      throw Self.unknown(name)
    }
    return try annotated(id.text)
  }

  /// Deletes a trace for good; refused where datasets or runs depend on it, which are named.
  @discardableResult
  public func delete(_ name: String) throws -> Identifier<Trace> {
    let id = try id(of: name)
    switch try database.deleteTrace(id) {
    case .deleted: return id
    case .unknown: throw Self.unknown(name)
    case .inUse(let datasets, let runs):
      throw WorkspaceError.inUse(
        noun: "trace",
        name: id.text,
        users: datasets.map { "dataset \($0)" } + runs.map { "run \($0)" }
      )
    }
  }
}
