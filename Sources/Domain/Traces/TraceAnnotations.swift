public import Foundation
public import Foundations

/// What somebody said about one step of a trace.
public struct StepLabel: Hashable, Sendable {
  /// The judgement.
  public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// The step is right and helps.
    case correct
    /// The step is wrong.
    case wrong
    /// The step is right and could be left out.
    case redundant
  }

  /// The step's own index, `i`.
  public let step: Int
  /// The judgement.
  public let verdict: Verdict
  /// Why, in the words of whoever judged.
  public let note: String?
  /// When it was judged.
  public let createdAt: Date

  /// Makes a label.
  public init(step: Int, verdict: Verdict, note: String? = nil, createdAt: Date) {
    self.step = step
    self.verdict = verdict
    self.note = note
    self.createdAt = createdAt
  }

  /// The label on the wire.
  public var json: JSONValue {
    [
      "i": JSONValue(step), "label": .string(verdict.rawValue), "note": JSONValue(optional: note),
      "created_at": .string(Timestamp.text(of: createdAt)),
    ]
  }
}

/// A stored score of a trace.
public struct TraceScore: Hashable, Sendable {
  /// The score's name.
  public let id: Identifier<TraceScore>
  /// By what it was scored.
  public let criteria: String
  /// The score, 0 to 100.
  public let score: Double
  /// How it came about.
  public let details: JSONValue
  /// When it was taken.
  public let createdAt: Date

  /// Makes a score.
  public init(
    id: Identifier<TraceScore>,
    criteria: String,
    score: Double,
    details: JSONValue,
    createdAt: Date
  ) {
    self.id = id
    self.criteria = criteria
    self.score = score
    self.details = details
    self.createdAt = createdAt
  }

  /// The score on the wire.
  public var json: JSONValue {
    [
      "id": .string(id.text), "criteria": .string(criteria), "score": JSONValue(score),
      "details": details, "created_at": .string(Timestamp.text(of: createdAt)),
    ]
  }
}

/// What is known beside a trace's content; none of it is part of the content hash.
public struct TraceAnnotations: Hashable, Sendable {
  /// The trace's tags in order.
  public var tags: [String]
  /// When it was archived; nil where it is not.
  public var archivedAt: Date?
  /// The labels of its steps, by index.
  public var labels: [StepLabel]
  /// Its scores, the newest first.
  public var scores: [TraceScore]

  /// Makes annotations.
  public init(
    tags: [String] = [],
    archivedAt: Date? = nil,
    labels: [StepLabel] = [],
    scores: [TraceScore] = []
  ) {
    self.tags = tags
    self.archivedAt = archivedAt
    self.labels = labels
    self.scores = scores
  }

  /// The annotations on the wire.
  public var json: JSONValue {
    [
      "tags": .array(tags.map(JSONValue.string)),
      "archived_at": JSONValue(optional: archivedAt.map(Timestamp.text(of:))),
      "labels": .array(labels.map(\.json)), "scores": .array(scores.map(\.json)),
    ]
  }
}

extension Trace {
  /// Checks a tag: 1 to 64 letters, digits and `. _ : / -`.
  public static func check(tag: String) throws(TraceError) {
    let isPlain = tag.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || ".:/_-".utf8.contains(byte)
    }
    guard isPlain, (1...Limits.tagCharacters).contains(tag.utf8.count) else {
      throw .invalidQuery(
        parameter: "tag",
        reason: "\"\(tag.prefix(80))\" is no tag: 1 to \(Limits.tagCharacters) letters, digits "
          + "and . _ : / -"
      )
    }
  }
}
