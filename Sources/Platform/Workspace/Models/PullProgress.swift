public import Experiments

/// How far the fetching of a model has come.
public enum PullProgress: Hashable, Sendable {
  /// A source is being asked.
  case started(ModelSource)
  /// Bytes of the model's file have arrived.
  case received(bytes: Int, of: Int)
  /// A source could not deliver; the next one is tried.
  case failed(ModelSource, reason: String)
}

/// What a pull did.
public struct PullOutcome: Hashable, Sendable {
  /// The model as the workspace now has it.
  public let model: PulledModel
  /// Whether the model was there already, so that nothing was fetched.
  public let wasPresent: Bool
}
