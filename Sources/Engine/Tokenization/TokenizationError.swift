/// Why a tokenizer cannot be made from what a model's file says.
public enum TokenizationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file asks for a kind of tokenizer that this program does not know.
  case unsupported(what: String, supported: [String])

  /// Something that the tokenizer needs is missing from the file.
  case missing(key: String)

  /// An entry of the file makes no sense.
  case invalid(key: String, reason: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unsupported(let what, let supported):
      "tokenizer: \(what) is not supported; supported: \(supported.joined(separator: ", "))"
    case .missing(let key): "tokenizer: \(key) is missing"
    case .invalid(let key, let reason): "tokenizer: \(key): \(reason)"
    }
  }
}
