/// How the numbers of a tensor are stored.
///
/// Block formats keep `valuesPerBlock` neighbouring values of one row in `bytesPerBlock` bytes.
/// Layouts: `ggml/src/ggml-common.h` of llama.cpp; BF16 is the upper half of a float32.
public enum ElementType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// 32-bit float.
  case float32 = "F32"
  /// 16-bit IEEE float.
  case float16 = "F16"
  /// The upper 16 bits of a 32-bit float.
  case bfloat16 = "BF16"
  /// 8 bits a value, one scale for 32 values.
  case q8x0 = "Q8_0"
  /// 4 bits a value, one scale for 32 values.
  case q4x0 = "Q4_0"
  /// 4 bits a value, a scale and a minimum for 32 values.
  case q4x1 = "Q4_1"
  /// 5 bits a value, one scale for 32 values.
  case q5x0 = "Q5_0"
  /// 5 bits a value, a scale and a minimum for 32 values.
  case q5x1 = "Q5_1"
  /// 2 bits a value in superblocks of 256.
  case q2K = "Q2_K"
  /// 3 bits a value in superblocks of 256.
  case q3K = "Q3_K"
  /// 4 bits a value in superblocks of 256.
  case q4K = "Q4_K"
  /// 5 bits a value in superblocks of 256.
  case q5K = "Q5_K"
  /// 6 bits a value in superblocks of 256.
  case q6K = "Q6_K"

  /// The name that the file formats use.
  public var description: String { rawValue }

  /// How many values one block holds.
  public var valuesPerBlock: Int {
    switch self {
    case .float32, .float16, .bfloat16: 1
    case .q8x0, .q4x0, .q4x1, .q5x0, .q5x1: 32
    case .q2K, .q3K, .q4K, .q5K, .q6K: 256
    }
  }

  /// How many bytes one block takes.
  public var bytesPerBlock: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .q8x0: 34
    case .q4x0: 18
    case .q4x1: 20
    case .q5x0: 22
    case .q5x1: 24
    case .q2K: 84
    case .q3K: 110
    case .q4K: 144
    case .q5K: 176
    case .q6K: 210
    }
  }
}

extension ElementType {
  private static let ggufCodes: [ElementType: UInt32] = [
    .float32: 0, .float16: 1, .q4x0: 2, .q4x1: 3, .q5x0: 6, .q5x1: 7, .q8x0: 8,
    .q2K: 10, .q3K: 11, .q4K: 12, .q5K: 13, .q6K: 14, .bfloat16: 30,
  ]

  /// The types by their number in a GGUF file.
  init?(ggufCode code: UInt32) {
    guard let known = Self.ggufCodes.first(where: { $0.value == code }) else { return nil }
    self = known.key
  }

  /// The type's number in a GGUF file.
  var ggufCode: UInt32 {
    guard let code = Self.ggufCodes[self] else { preconditionFailure("a type without a number") }
    return code
  }

  /// What a GGUF type number that this program cannot read is called.
  static func ggufName(ofCode code: UInt32) -> String {
    let names: [UInt32: String] = [
      9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
      20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32",
      27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
    ]
    return names[code] ?? "number \(code)"
  }

  /// The names of every type that can be read, for error texts.
  static var allNames: [String] { allCases.map(\.rawValue) }
}
