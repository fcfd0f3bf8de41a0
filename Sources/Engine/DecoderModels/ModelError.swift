/// Why a model or an adapter cannot be used.
public enum ModelError: Error, Sendable, CustomStringConvertible {
  /// A size or option of the model is not supported.
  case unsupportedModel(String)
  /// A tensor has another shape than the configuration says.
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
  /// An adapter's sizes make no sense.
  case invalidAdapter(String)
  /// An adapter's file uses something that this engine does not do.
  case unsupportedAdapter(path: String, String)
  /// An adapter lacks a tensor, or has one too many.
  case adapterTensors(path: String, String)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .unsupportedModel(let reason): "this model cannot be run: \(reason)"
    case .wrongShape(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor) has shape \(found), expected \(expected) from the configuration"
    case .invalidAdapter(let reason): "the adapter's settings are wrong: \(reason)"
    case .unsupportedAdapter(let path, let reason): "\(path): \(reason)"
    case .adapterTensors(let path, let reason): "\(path): \(reason)"
    }
  }
}
