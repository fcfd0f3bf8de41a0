/// The number formats that a model can be written in.
public enum ExportType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// 32-bit floats: exact.
  case float32 = "f32"
  /// 16-bit IEEE floats, rounded to nearest, ties to even.
  case float16 = "f16"
  /// 8 bits a value and one scale for 32 values; GGUF only.
  case q8x0 = "q8_0"

  /// The name that a person types.
  public var description: String { rawValue }

  /// The names of all types, for help texts.
  public static var allNames: [String] { allCases.map(\.rawValue) }

  var elementType: ElementType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .q8x0: .q8x0
    }
  }
}
