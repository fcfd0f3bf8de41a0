import Experiments
import Foundation
import Foundations
import Tensors

extension ComputeFacts {
  /// The machine and the program at hand; called on the engine thread once the threads are set.
  static func current(_ type: DataType) -> ComputeFacts {
    ComputeFacts(
      cpu: ProcessorName.current,
      isa: Processor.current.instructionSet,
      dtype: type.rawValue,
      threads: Threads.count,
      engineVersion: "tunix-rt \(ProductVersion.current), \(Processor.current.libraryVersion)",
      layoutRule: Processor.layoutRule(for: type)
    )
  }
}

/// The CPU as the operating system names it.
enum ProcessorName {
  static let current: String = field("model name") ?? "unknown CPU"

  /// The CPU's feature flags; empty where the system does not list them.
  static let flags = Set(
    (field("flags") ?? field("Features") ?? "").split(separator: " ").map(String.init)
  )

  private static func field(_ name: String) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
  }
}
