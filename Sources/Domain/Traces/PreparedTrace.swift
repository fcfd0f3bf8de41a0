public import Foundations

/// A trace made ready to be stored: its texts and hash are taken once, on any thread.
public struct PreparedTrace: Hashable, Sendable {
  /// The trace's name, which follows from its content.
  public let id: Identifier<Trace>
  /// The sha256 of the trace's canonical JSON.
  public let contentHash: ContentHash
  /// The version of the author's format.
  public let traceVersion: String
  /// The trace's compact JSON.
  public let payload: String
  /// What the search index is given.
  public let indexText: String
  /// The trace's category, where its meta names one.
  public let category: String?
  /// How many steps it has.
  public let stepCount: Int
  /// Characters (Unicode scalars) of prompt, answer and steps together.
  public let characterCount: Int
  /// Its baseline score.
  public let baselineScore: Double

  /// Takes the texts and the hash of a trace that was checked.
  ///
  /// A trace is named for its content, so that the same import gives the same names, and in the
  /// end the same dataset and the same training order, on every machine.
  public init(_ trace: Trace) {
    contentHash = trace.contentHash
    id = Identifier(derivedFrom: contentHash)
    traceVersion = trace.traceVersion
    payload = trace.compactText
    indexText = trace.indexText
    category = trace.category
    stepCount = trace.steps.count
    characterCount = trace.characterCount
    baselineScore = BaselineScore(of: trace).value
  }
}
