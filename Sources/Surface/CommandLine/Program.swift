import ArgumentParser
import Execution
import Foundation

/// The whole program: reads the command line, runs the verb, and ends with its exit code.
public enum Program {
  /// Runs the verb that the process was started with, and ends the process.
  ///
  /// Exit codes: 0 for success, 1 for a failure (told on standard error), 64 for wrong usage,
  /// 130 after an interrupt.
  public static func main() async -> Never {
    do {
      try await Interruption.cancelling { try await runVerb() }
      exit(0)
    } catch {
      Failure(error).end()
    }
  }

  private static func runVerb() async throws {
    let words = try SettingResolution.completedWords(
      Array(CommandLine.arguments.dropFirst()),
      environment: ProcessInfo.processInfo.environment
    )
    var command = try RootCommand.parseAsRoot(words)
    if var command = command as? any AsyncParsableCommand {
      try await command.run()
    } else {
      try command.run()
    }
  }
}

/// The one place that turns an error into text and an exit code.
struct Failure {
  private let error: any Error

  init(_ error: any Error) {
    self.error = error
  }

  /// What a person reads.
  var text: String {
    switch error {
    case is CancellationError: "interrupted"
    case let error as CocoaError:
      [error.filePath ?? error.url?.path, error.localizedDescription].compactMap(\.self)
        .joined(separator: ": ")
    case let error as any CustomStringConvertible & Error where !(type(of: error) is AnyClass):
      error.description
    default: error.localizedDescription
    }
  }

  /// The exit code, where this is no matter of usage.
  var code: Int32 {
    switch error {
    case is CancellationError, ExecutionError.interrupted: 130
    default: 1
    }
  }

  /// Says what went wrong on standard error and ends the process.
  ///
  /// Help and the version are no failures: they are printed as results.
  func end() -> Never {
    let usage = RootCommand.exitCode(for: error)
    if usage.isSuccess { RootCommand.exit(withError: error) }
    if let code = error as? ExitCode { exit(code.rawValue) }
    guard usage != .failure else {
      Output(isJSON: false).note("error: \(text)")
      exit(code)
    }
    let message = RootCommand.fullMessage(for: error)
    Output(isJSON: false).note(
      message.hasPrefix("Error: ") ? "error: " + message.dropFirst(7) : message
    )
    exit(usage.rawValue)
  }
}
