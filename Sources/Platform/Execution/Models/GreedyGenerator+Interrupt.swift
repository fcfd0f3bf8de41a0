import Generation

extension GreedyGenerator {
  /// Generates for every prompt until the signal is raised; an interrupt says what was `kept`.
  func answers(
    to prompts: [[Int32]],
    until signal: StopSignal,
    kept: String,
    progress: (Progress) -> Void
  ) throws -> [GeneratedSequence] {
    do {
      return try generate(prompts, progress: progress, shouldStop: { signal.isRaised })
    } catch GenerationError.interrupted(let finished, let total) {
      throw ExecutionError.interrupted(
        kept: "stopped after \(finished) of \(total) answers; \(kept)"
      )
    }
  }
}
