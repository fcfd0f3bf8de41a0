import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How far a long work has come, on standard error: a bar on a terminal, plain lines elsewhere.
final class ProgressBar: Sendable {
  private struct State {
    var lastStep = -1
    var isFinished = false
  }

  private let title: String
  private let isTerminal: Bool
  private let state = Mutex(State())

  init(_ title: String) {
    self.title = title
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Shows `done` of `total`; `detail` stands behind the bar.
  func show(_ done: Int, of total: Int, detail: String = "") {
    let fraction = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0
    // A terminal is redrawn at each half percent, a log gets a line at each tenth.
    let step = Int(fraction * (isTerminal ? 200 : 10))
    let isNews = state.withLock { state in
      defer { state.lastStep = step }
      return step != state.lastStep && !state.isFinished
    }
    guard isNews else { return }
    let number = "\(Int((fraction * 100).rounded()))%"
    let percent = String(repeating: " ", count: 4 - number.count) + number
    if isTerminal {
      let filled = Int(fraction * 30)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      write("\r\u{1B}[K\(title) \(bar) \(percent)  \(detail)")
    } else {
      write("\(title) \(percent)  \(detail)\n")
    }
  }

  /// Ends the bar's line, so that other text can follow.
  func finish() {
    let mustEndLine = state.withLock { state in
      defer { state.isFinished = true }
      return !state.isFinished && state.lastStep >= 0 && isTerminal
    }
    if mustEndLine { write("\n") }
  }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
