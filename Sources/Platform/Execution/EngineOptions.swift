import Tensors

/// What the caller may choose about how the engine computes.
public struct EngineOptions: Sendable, Hashable {
  /// `auto`, `f32` or `bf16`; auto takes bf16 where the CPU has it.
  public var dtype: String
  /// The number of threads; nil for what OpenMP offers.
  public var threads: Int?

  /// Options.
  public init(dtype: String = "auto", threads: Int? = nil) {
    self.dtype = dtype
    self.threads = threads
  }

  /// The same for full fine-tuning, which is done in float32 unless somebody asks for something else.
  var forFullTraining: EngineOptions {
    EngineOptions(dtype: dtype == "auto" ? DataType.f32.rawValue : dtype, threads: threads)
  }

  /// The number format in force; throws for an unknown name and for what the CPU has not.
  func dataType() throws -> DataType {
    guard dtype != "auto" else { return Processor.current.preferredDataType }
    guard let type = DataType(rawValue: dtype) else { throw ExecutionError.unknownDataType(dtype) }
    try Processor.current.require(type)
    return type
  }

  /// Sets the threads; called on the engine thread before a model computes.
  func apply() throws {
    guard let threads else { return }
    guard threads > 0 else { throw ExecutionError.input("--threads must be at least 1") }
    Threads.set(threads)
  }
}
