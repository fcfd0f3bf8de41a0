import Execution
import Foundations
import Synchronization

/// Shows the answers to one question: whole, or token by token as they are written.
final class AnswerText: Sendable {
  private let output: Output
  private let isStreamed: Bool
  private let isTitled: Bool
  private let shown = Mutex<Int?>(nil)

  /// With `isTitled` each answer stands under the name of the model that gave it.
  init(_ output: Output, isStreamed: Bool, isTitled: Bool) {
    self.output = output
    self.isStreamed = isStreamed
    self.isTitled = isTitled
  }

  /// Shows a token where tokens are streamed; those of one answer come together.
  func show(_ token: AnswerToken) {
    guard isStreamed else { return }
    if output.isJSON { return output.write(token.json.compact + "\n") }
    let isFirst = shown.withLock { index in
      defer { index = token.index }
      return index != token.index
    }
    if isFirst { writeTitle(token.adapter) }
    output.write(token.text + (token.finishReason == nil ? "" : "\n"))
  }

  /// Shows a finished answer, where it was not shown already.
  func finish(_ answer: JSONValue) {
    guard !isStreamed || output.isJSON else { return }
    if !output.isJSON { writeTitle(answer["adapter"]?.string) }
    output.show(answer["text"]?.string ?? "", json: answer)
  }

  private func writeTitle(_ adapter: String?) {
    if isTitled { output.write("== \(adapter ?? "base") ==\n") }
  }
}
