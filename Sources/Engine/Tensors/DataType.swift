/// The number format of the matrix products; everything between them is float32.
public enum DataType: String, Sendable, CaseIterable, Codable {
  /// IEEE 754 single precision.
  case f32
  /// Brain floating point: inputs rounded to 8 bits of significand, sums kept in float32.
  case bf16
}

/// What the engine refuses to do, with what it needs to know.
public enum TensorError: Error, Sendable, CustomStringConvertible {
  /// The CPU has no products in this number format.
  case unsupportedDataType(DataType, instructionSet: String)
  /// oneDNN refused to build a primitive.
  case primitive(String, status: Int32)

  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .unsupportedDataType(let type, let set):
      "this CPU (\(set)) has no \(type.rawValue) matrix products; use --dtype f32"
    case .primitive(let what, let status):
      "oneDNN could not build \(what) (status \(status)); is the library version supported?"
    }
  }
}
