public import Foundations

/// What a check of a dataset's traces found.
public struct DatasetCheck: Hashable, Sendable {
  /// What is looked for.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Traces that say the same, or nearly the same, as another one of the dataset.
    case duplicates
    /// Traces of the train side that share text with an item of an evaluation set.
    case contamination
  }

  /// One case.
  public struct Finding: Hashable, Sendable {
    /// The trace.
    public let traceID: String
    /// What it repeats: another trace, or an item as `set/item`.
    public let other: String
    /// How much of it is the same, 0 to 1; 1 for the very same content.
    public let similarity: Double

    /// Makes a finding.
    public init(traceID: String, other: String, similarity: Double) {
      self.traceID = traceID
      self.other = other
      self.similarity = similarity
    }
  }

  /// What was looked for.
  public let kind: Kind
  /// How it was looked for: the method's name and its settings.
  public let method: JSONValue
  /// How many cases there are.
  public let findingCount: Int
  /// The first cases, `Limits.listedFindings` at most.
  public let findings: [Finding]

  /// Makes a check's result; of the findings the first are kept.
  public init(kind: Kind, method: JSONValue, findings: [Finding]) {
    self.kind = kind
    self.method = method
    findingCount = findings.count
    self.findings = Array(findings.prefix(Limits.listedFindings))
  }
}

extension DatasetCheck {
  /// The check as it is stored and shown.
  public var json: JSONValue {
    [
      "check": .string(kind.rawValue), "method": method, "finding_count": JSONValue(findingCount),
      "findings": .array(
        findings.map {
          [
            "trace_id": .string($0.traceID), "other": .string($0.other),
            "similarity": JSONValue($0.similarity),
          ]
        }
      ),
    ]
  }

  /// Reads a stored check; nil where the object is none.
  public init?(json: JSONValue) {
    guard let kind = json["check"]?.string.flatMap(Kind.init),
      let count = json["finding_count"]?.int,
      let rows = json["findings"]?.array
    else { return nil }
    self.kind = kind
    method = json["method"] ?? .null
    findingCount = count
    findings = rows.compactMap { row in
      guard let trace = row["trace_id"]?.string, let other = row["other"]?.string,
        let similarity = row["similarity"]?.double
      else { return nil }
      return Finding(traceID: trace, other: other, similarity: similarity)
    }
  }
}
