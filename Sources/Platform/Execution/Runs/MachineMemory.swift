import Foundation
import Training

/// The machine's memory, and what this process has filled of it.
enum MachineMemory {
  /// What a training may fill, in bytes: the configuration's limit, else four fifths of the memory.
  static func limit(for configuration: TrainingConfiguration) -> Int {
    if let limit = configuration.maxMemoryGB { return Int(limit * 1e9) }
    return Int(Double(ProcessInfo.processInfo.physicalMemory) * 0.8)
  }

  /// The most that the process has had resident, in bytes; nil where the system does not say.
  static var peakBytes: Int? { bytes(of: "VmHWM:") }

  /// What the process has resident, in bytes; nil where the system does not say.
  static var residentBytes: Int? { bytes(of: "VmRSS:") }

  private static func bytes(of field: String) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) })
    else { return nil }
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
