public import Foundations
public import Traces

/// What the freezing of a dataset needs to know of a trace: names and sizes, none of its texts.
public struct DatasetCandidate: Hashable, Sendable {
  /// Which trace.
  public let id: Identifier<Trace>
  /// The sha256 of the trace's canonical JSON.
  public let contentHash: ContentHash
  /// The problem that the trace solves.
  public let groupKey: String
  /// The trace's category, where it names one.
  public let category: String?
  /// How many steps it has.
  public let stepCount: Int
  /// Characters (Unicode scalars) of prompt, answer and steps together.
  public let characterCount: Int

  /// Looks at a trace.
  public init(_ stored: StoredTrace) {
    let trace = stored.trace
    self.init(
      id: stored.id,
      contentHash: stored.contentHash,
      groupKey: GroupKey.of(trace),
      category: trace.category,
      stepCount: trace.steps.count,
      characterCount: trace.prompt.unicodeScalars.count + trace.finalAnswer.unicodeScalars.count
        + trace.steps.reduce(0) { $0 + $1.content.unicodeScalars.count }
    )
  }

  /// Takes what was found out before.
  public init(
    id: Identifier<Trace>,
    contentHash: ContentHash,
    groupKey: String,
    category: String?,
    stepCount: Int,
    characterCount: Int
  ) {
    self.id = id
    self.contentHash = contentHash
    self.groupKey = groupKey
    self.category = category
    self.stepCount = stepCount
    self.characterCount = characterCount
  }
}
