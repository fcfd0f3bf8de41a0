internal import Tensors

/// Chooses a token from one row of logits by a rule.
struct TokenSampler {
  let rule: SamplingRule

  /// A token that may be drawn, and its probability up to a common factor.
  struct Candidate: Equatable {
    let id: Int32
    let logit: Float
    let weight: Double
  }

  /// The token at a row; `seen` are the distinct tokens before it, `uniform` is from [0, 1).
  ///
  /// The row's values are the same afterwards.
  func choose(
    _ x: Matrix,
    row: Int,
    summary: RowSummary,
    seen: some Sequence<Int32>,
    uniform: () -> Double
  ) -> Int32 {
    guard rule.repetitionPenalty != 1 else {
      if rule.isGreedy { return summary.best }
      return draw(x, row, summary.top, uniform())
    }
    let kept = seen.map { (Int($0), x[row, Int($0)]) }
    defer { for (column, logit) in kept { x[row, column] = logit } }
    let penalty = Float(rule.repetitionPenalty)
    for (column, logit) in kept { x[row, column] = logit < 0 ? logit * penalty : logit / penalty }
    let changed = summariseRows(x.rowSlice(row..<row + 1))[0]
    return rule.isGreedy ? changed.best : draw(x, row, changed.top, uniform())
  }

  private func draw(_ x: Matrix, _ row: Int, _ top: Float, _ uniform: Double) -> Int32 {
    guard let candidates = candidates(x, row, top: top) else {
      return drawFromAll(x, row, top, uniform)
    }
    let target = uniform * candidates.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    for candidate in candidates {
      sum += candidate.weight
      if sum > target { return candidate.id }
    }
    return candidates[candidates.count - 1].id
  }

  private var temperature: Float { Float(rule.temperature) }

  private func weight(_ logit: Float, _ top: Float) -> Double {
    Double(unnormalisedProbability(logit, top, temperature))
  }

  /// A draw where nothing is cut off: finds the stretch first, then the token in it.
  private func drawFromAll(_ x: Matrix, _ row: Int, _ top: Float, _ uniform: Double) -> Int32 {
    let sums = exponentialSums(of: x, row: row, top: top, temperature: temperature)
    var rest = uniform * sums.reduce(0, +)
    var stretch = 0
    while stretch + 1 < sums.count, rest >= sums[stretch] {
      rest -= sums[stretch]
      stretch += 1
    }
    let start = stretch * exponentialStretch
    let end = min(start + exponentialStretch, x.columns)
    var likeliest = start
    for column in start..<end {
      rest -= weight(x[row, column], top)
      if rest < 0 { return Int32(column) }
      if x[row, column] > x[row, likeliest] { likeliest = column }
    }
    // Rounding left a crumb beyond the last token.
    return Int32(likeliest)
  }

  /// The tokens that the rule keeps, likeliest first; nil where it keeps all.
  func candidates(_ x: Matrix, _ row: Int, top: Float) -> [Candidate]? {
    var kept: [Candidate]
    if rule.topK > 0, rule.topK < x.columns {
      kept = likeliest(x, row, top) { found in found.count >= rule.topK }
      if kept.count > rule.topK {
        let last = kept[rule.topK - 1].logit
        kept = Array(kept.prefix { $0.logit >= last })
      }
      kept = nucleus(kept, of: kept.reduce(0) { $0 + $1.weight })
    } else if rule.topP < 1 {
      let mass = exponentialSums(of: x, row: row, top: top, temperature: temperature).reduce(0, +)
      kept = likeliest(x, row, top) { found in
        found.reduce(0) { $0 + $1.weight } >= rule.topP * mass
      }
      kept = nucleus(kept, of: mass)
    } else if rule.minP > 0 {
      kept = likeliest(x, row, top) { found in
        found.contains { $0.weight < rule.minP }
      }
    } else {
      return nil
    }
    return Array(kept.prefix { $0.weight >= rule.minP })
  }

  /// The shortest beginning of a ranking whose weights reach the rule's share of `mass`.
  private func nucleus(_ ranking: [Candidate], of mass: Double) -> [Candidate] {
    guard rule.topP < 1 else { return ranking }
    var sum = 0.0
    return Array(
      ranking.prefix { candidate in
        defer { sum += candidate.weight }
        return sum < rule.topP * mass
      }
    )
  }

  /// The likeliest tokens, best first and lower ids first among equals, down to some bound at which
  /// they are `enough`; all tokens where they never are.
  ///
  /// The bound is looked for from the top, because a few hundred tokens are usually enough and
  /// ranking a whole vocabulary costs more than all the rest of sampling.
  private func likeliest(
    _ x: Matrix,
    _ row: Int,
    _ top: Float,
    enough: ([Candidate]) -> Bool
  ) -> [Candidate] {
    var depth = 6 * temperature
    while true {
      // The kernels' exponential is flat from 87 temperatures below the top on.
      let isWhole = depth > 80 * temperature
      let found = logits(of: x, row: row, atLeast: isWhole ? -.infinity : top - depth)
        .sorted { $0.logit > $1.logit || ($0.logit == $1.logit && $0.id < $1.id) }
        .map { Candidate(id: $0.id, logit: $0.logit, weight: weight($0.logit, top)) }
      if isWhole || enough(found) { return found }
      depth *= 2
    }
  }
}
