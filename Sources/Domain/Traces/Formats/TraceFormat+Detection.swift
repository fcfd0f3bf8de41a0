public import Foundations

/// Why the format of a file cannot be told from its first records.
public enum TraceFormatError: Error, Hashable, CustomStringConvertible {
  /// No format knows any of the records; `found` are the first record's members.
  case unknown(found: [String])
  /// Several formats know the records equally well.
  case ambiguous([TraceFormat])

  /// One sentence that lists the formats.
  public var description: String {
    switch self {
    case .unknown(let found):
      "no format is known by the members " + found.joined(separator: ", ") + "; known are "
        + TraceFormat.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: ", ")
    case .ambiguous(let formats):
      "the records may be " + formats.map(\.rawValue).joined(separator: " or ")
        + "; name one with --format"
    }
  }
}

extension TraceFormat {
  /// The format that knows most of the records; our own where no record is an object.
  ///
  /// A format that is a special case of another is preferred to it where both know as many.
  public static func detect(
    from records: [JSONValue]
  ) throws(TraceFormatError) -> TraceFormat {
    let objects = records.filter { $0.object != nil }
    guard let first = objects.first else { return .tunix }
    let counts = allCases.map { format in (format, objects.count { format.recognises($0) }) }
    let most = counts.map(\.1).max() ?? 0
    guard most > 0 else {
      throw .unknown(found: (first.object ?? []).prefix(12).map { String($0.key.prefix(40)) })
    }
    let best = counts.filter { $0.1 == most }.map(\.0)
    let special = best.filter { format in !best.contains { $0.specialises(format) } }
    guard special.count == 1 else { throw .ambiguous(special) }
    return special[0]
  }

  private func specialises(_ other: TraceFormat) -> Bool {
    switch (self, other) {
    case (.openThoughts, .shareGPT), (.alpaca, .think), (.promptCompletion, .think): true
    default: false
    }
  }
}
