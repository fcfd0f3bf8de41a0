import Foundation
import Foundations

/// Where a verb's result goes: text for people, or one JSON object a line for programs.
struct Output: Sendable {
  let isJSON: Bool

  /// Prints one result in the form that was asked for.
  func show(_ text: @autoclosure () -> String, json: @autoclosure () -> JSONValue) {
    write((isJSON ? json().compact : text()) + "\n", to: .standardOutput)
  }

  /// Prints raw text, such as exported lines, whatever form was asked for.
  func write(_ text: String) {
    write(text, to: .standardOutput)
  }

  /// Prints raw bytes, such as an exported table.
  func write(_ bytes: [UInt8]) {
    try? FileHandle.standardOutput.write(contentsOf: Data(bytes))
  }

  /// Tells a person what is going on, beside the result.
  func note(_ text: String) {
    write(text + "\n", to: .standardError)
  }

  private func write(_ text: String, to handle: FileHandle) {
    // A closed pipe (`| head`) is the reader's way to say that it has enough.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
