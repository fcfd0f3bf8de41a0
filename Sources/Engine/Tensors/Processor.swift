internal import COneDNN

/// What the CPU and oneDNN can do, asked once.
public struct Processor: Sendable {
  /// The instruction set that oneDNN chose, in its own words.
  public let instructionSet: String
  /// oneDNN's version.
  public let libraryVersion: String
  /// Whether the CPU has bf16 products in hardware (AVX512-BF16 or AMX).
  public let hasBF16: Bool

  /// The CPU at hand.
  public static let current = Processor()

  private init() {
    let isa = dnnl_get_effective_cpu_isa()
    instructionSet = Self.name(of: isa)
    hasBF16 =
      isa == dnnl_cpu_isa_avx512_core_bf16 || isa == dnnl_cpu_isa_avx512_core_amx
    if let version = unsafe dnnl_version()?.pointee {
      unsafe libraryVersion = "oneDNN \(version.major).\(version.minor).\(version.patch)"
    } else {
      libraryVersion = "oneDNN, version unknown"
    }
  }

  /// The number format to use when nobody asks for one: bf16 where the CPU has it.
  public var preferredDataType: DataType { hasBF16 ? .bf16 : .f32 }

  /// Checks that the CPU can do what is asked.
  public func require(_ type: DataType) throws(TensorError) {
    if type == .bf16 && !hasBF16 {
      throw .unsupportedDataType(type, instructionSet: instructionSet)
    }
  }

  /// The written rule by which weights are laid out, recorded in a run's manifest.
  public static func layoutRule(for type: DataType) -> String {
    switch type {
    case .f32:
      "f32: panels of 16 rows in the file's own number format, one copy for both directions;"
        + " sums over k in a fixed order, by fused multiply-adds"
    case .bf16:
      current.hasBF16
        ? "bf16: oneDNN's blocked layout, one copy a direction, rows in fixed block sizes"
        : "bf16: panels of 16 rows, one copy for both directions; rounded inputs, float32 chains"
    }
  }

  private static func name(of isa: dnnl_cpu_isa_t) -> String {
    switch isa {
    case dnnl_cpu_isa_sse41: "SSE4.1"
    case dnnl_cpu_isa_avx: "AVX"
    case dnnl_cpu_isa_avx2: "AVX2"
    case dnnl_cpu_isa_avx2_vnni: "AVX2-VNNI"
    case dnnl_cpu_isa_avx512_core: "AVX-512"
    case dnnl_cpu_isa_avx512_core_vnni: "AVX-512 VNNI"
    case dnnl_cpu_isa_avx512_core_bf16: "AVX-512 BF16"
    case dnnl_cpu_isa_avx512_core_amx: "AMX"
    default: "isa \(isa.rawValue)"
    }
  }
}
