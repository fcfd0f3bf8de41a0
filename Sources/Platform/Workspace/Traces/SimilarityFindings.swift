public import Foundations
public import Traces

/// What a search among stored traces found, in the words of every surface.
public struct SimilarityFindings: Hashable, Sendable {
  /// A trace, and what it is like.
  public struct Finding: Hashable, Sendable {
    /// The trace.
    public let trace: Identifier<Trace>
    /// An earlier trace, or an item of an evaluation set.
    public let other: String
    /// How alike they are, up to 1.
    public let similarity: Double
  }

  /// How many traces were looked at.
  public let traceCount: Int
  /// Whether these were all that pass the filter.
  public let isComplete: Bool
  /// How it was looked for.
  public let method: JSONValue
  /// What was found.
  public let findings: [Finding]

  /// The findings as JSON, at most `limit` of them; `finding_count` counts all.
  public func json(limit: Int = .max) -> JSONValue {
    let rows = findings.prefix(limit).map { finding -> JSONValue in
      [
        "trace_id": .string(finding.trace.text), "other": .string(finding.other),
        "similarity": JSONValue(finding.similarity),
      ]
    }
    return [
      "trace_count": JSONValue(traceCount), "complete": JSONValue(isComplete), "method": method,
      "finding_count": JSONValue(findings.count), "findings": .array(rows),
    ]
  }
}

extension DuplicateReport {
  /// One finding a pair.
  public var findings: SimilarityFindings {
    SimilarityFindings(
      traceCount: traceCount,
      isComplete: isComplete,
      method: method,
      findings: pairs.map {
        SimilarityFindings.Finding(
          trace: $0.second,
          other: $0.first.text,
          similarity: $0.similarity
        )
      }
    )
  }
}

extension ContaminationReport {
  /// One finding a trace and item.
  public var findings: SimilarityFindings {
    SimilarityFindings(
      traceCount: traceCount,
      isComplete: isComplete,
      method: method,
      findings: traces.flatMap { trace in
        trace.matches.map {
          SimilarityFindings.Finding(trace: trace.id, other: $0.item, similarity: $0.overlap)
        }
      }
    )
  }
}
