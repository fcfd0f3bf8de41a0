/// Why something could not be run.
public enum ExecutionError: Error, Sendable, CustomStringConvertible {
  /// A name is no pulled model, no promoted model and no path.
  case unknownModel(name: String, known: [String])
  /// A model of the catalogue is not here yet.
  case modelNotPulled(name: String)
  /// A conversation cannot be written for this model.
  case noChatTemplate(model: String)
  /// A configuration file has a wrong key or value.
  case configuration(path: String, line: Int?, reason: String)
  /// A data file has a line that cannot be used.
  case data(path: String, line: Int, reason: String)
  /// An input object lacks what the verb needs.
  case input(String)
  /// The number format has no such name.
  case unknownDataType(String)
  /// A run's specification and a file contradict each other.
  case contradiction(String)
  /// Training was interrupted; what was learned is kept.
  case interrupted(kept: String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .unknownModel(let name, let known):
      "there is no model \"\(name)\": it is no model of the catalogue (\(known.joined(separator: ", "))), "
        + "no promoted model (name@alias) and no file or folder"
    case .modelNotPulled(let name):
      "the model \(name) is not here yet; fetch it with: tunix-rt model pull \(name)"
    case .noChatTemplate(let model):
      "\(model) brings no chat template, so conversations cannot be written for it; name one with "
        + "--chat-template NAME, or give plain text instead"
    case .configuration(let path, let line, let reason):
      line.map { "\(path), line \($0): \(reason)" } ?? "\(path): \(reason)"
    case .data(let path, let line, let reason): "\(path), line \(line): \(reason)"
    case .input(let reason): reason
    case .unknownDataType(let name): "\(name) is no number format; use auto, f32 or bf16"
    case .contradiction(let reason): reason
    case .interrupted(let kept): "interrupted; \(kept)"
    }
  }
}
