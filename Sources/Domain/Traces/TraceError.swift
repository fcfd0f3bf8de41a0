/// Why a JSON value is not a trace, its place named as a JSON pointer (RFC 6901), or why a question
/// about traces has no answer.
public enum TraceError: Error, Hashable, CustomStringConvertible {
  /// A required member is absent.
  case missing(pointer: String)
  /// A member has another kind than the format asks for.
  case wrongKind(pointer: String, expected: String, found: String)
  /// A value is outside its bounds.
  case outOfBounds(pointer: String, expected: String, found: String)
  /// Two steps carry the same index.
  case repeatedStepIndex(pointer: String, index: Int)
  /// What somebody asks about traces cannot be understood; `parameter` is the part of the question.
  case invalidQuery(parameter: String, reason: String)

  /// The same error where the record stands inside something larger, at this pointer.
  public func inside(_ outer: String) -> TraceError {
    switch self {
    case .missing(let pointer): .missing(pointer: outer + pointer)
    case .wrongKind(let pointer, let expected, let found):
      .wrongKind(pointer: outer + pointer, expected: expected, found: found)
    case .outOfBounds(let pointer, let expected, let found):
      .outOfBounds(pointer: outer + pointer, expected: expected, found: found)
    case .repeatedStepIndex(let pointer, let index):
      .repeatedStepIndex(pointer: outer + pointer, index: index)
    case .invalidQuery: self
    }
  }

  /// Where in the record the fault is, as a JSON pointer; empty for the record itself.
  public var pointer: String {
    switch self {
    case .missing(let pointer), .wrongKind(let pointer, _, _), .outOfBounds(let pointer, _, _),
      .repeatedStepIndex(let pointer, _):
      pointer
    case .invalidQuery: ""
    }
  }

  /// One sentence that a person can act on.
  public var description: String {
    switch self {
    case .missing(let pointer):
      "trace \(pointer): this member is required"
    case .wrongKind(let pointer, let expected, let found):
      "trace \(pointer.isEmpty ? "at the top" : pointer): expected \(expected), found \(found)"
    case .outOfBounds(let pointer, let expected, let found):
      "trace \(pointer): expected \(expected), found \(found)"
    case .repeatedStepIndex(let pointer, let index):
      "trace \(pointer): the step index \(index) is used twice"
    case .invalidQuery(let parameter, let reason):
      "\(parameter): \(reason)"
    }
  }
}
