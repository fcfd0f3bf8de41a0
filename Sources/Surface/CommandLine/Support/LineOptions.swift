import ArgumentParser
import Foundation
import Foundations

/// `--file`: one input object a line, one output object a line, in order, in one process.
struct LineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read one JSON object a line from this file (- for standard input) and write one a line.",
      valueName: "jsonl"
    )
  )
  var file: String?

  /// The input objects; nil where no file was asked for.
  ///
  /// A line that is no JSON has its error in its place.
  func inputs() throws -> [Result<JSONValue, any Error>]? {
    guard let file else { return nil }
    let data: Data
    if file == "-" {
      data = try FileHandle.standardInput.readToEnd() ?? Data()
    } else {
      do {
        data = try Data(contentsOf: URL(filePath: file))
      } catch {
        throw InputError(text: "\(file) cannot be read")
      }
    }
    return JSONLines.lines(of: Array(data)).map { line in
      Result {
        do {
          return try line.value()
        } catch {
          throw InputError(text: "line \(line.number): \(error)")
        }
      }
    }
  }
}

/// What a person gave cannot be used.
struct InputError: Error, CustomStringConvertible {
  let text: String

  var description: String { text }
}

/// Writes one output object a line; an input that could not be used gets `{"error"}` in its place.
final class LineOutput: Sendable {
  private let output: Output
  private let failures = Counter()

  init(_ output: Output) {
    self.output = output
  }

  func write(_ result: Result<JSONValue, any Error>) {
    switch result {
    case .success(let value): output.write(value.compact + "\n")
    case .failure(let error):
      failures.increment()
      let line: JSONValue = ["error": .string(Failure(error).text)]
      output.write(line.compact + "\n")
    }
  }

  /// Throws where some inputs could not be used, after all were written.
  func finish() throws {
    let count = failures.value
    guard count > 0 else { return }
    throw InputError(text: "\(count) inputs could not be used; their lines hold the reasons")
  }
}
