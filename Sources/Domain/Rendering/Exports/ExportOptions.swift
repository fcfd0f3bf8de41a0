public import Traces

/// What may be chosen about the texts of `messages` and `prompt_completion` rows; the other formats
/// have no choice.
public struct ExportOptions: Hashable, Sendable {
  /// How steps and answer are written.
  public var style: ReasoningStyle
  /// What follows every prompt.
  public var instruction: AnswerInstruction
  /// A system turn in the place of the traces' own.
  public var system: String?

  /// Makes options.
  public init(
    style: ReasoningStyle = .numbered,
    instruction: AnswerInstruction = .promptOnly,
    system: String? = nil
  ) {
    self.style = style
    self.instruction = instruction
    self.system = system
  }
}

/// A trace as a row of a dataset.
public struct ExportItem: Hashable, Sendable {
  /// The trace.
  public let stored: StoredTrace
  /// Its place in the dataset, from zero.
  public let position: Int
  /// The side it stands on.
  public let split: String
  /// The problem that it solves.
  public let groupKey: String

  /// Makes a row.
  public init(stored: StoredTrace, position: Int, split: String, groupKey: String) {
    self.stored = stored
    self.position = position
    self.split = split
    self.groupKey = groupKey
  }
}
