import Foundation
import Testing

@testable import Generation
@testable import Tensors

/// The rule as Hugging Face's `generate` applies it, step by step over the whole row, in float64.
private func plainDistribution(
  _ logits: [Double],
  _ rule: SamplingRule,
  seen: Set<Int> = []
) -> [Double] {
  var scores = logits.enumerated().map { index, logit in
    guard seen.contains(index) else { return logit }
    return logit < 0 ? logit * rule.repetitionPenalty : logit / rule.repetitionPenalty
  }
  scores = scores.map { $0 / rule.temperature }
  if rule.topK > 0 {
    let last = scores.sorted(by: >)[min(rule.topK, scores.count) - 1]
    scores = scores.map { $0 < last ? -.infinity : $0 }
  }
  if rule.topP < 1 {
    let probabilities = softmax(scores)
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var before = 0.0
    for index in order {
      if before >= rule.topP { scores[index] = -.infinity }
      before += probabilities[index]
    }
  }
  if rule.minP > 0 {
    let probabilities = softmax(scores)
    let bound = rule.minP * (probabilities.max() ?? 0)
    for index in scores.indices where probabilities[index] < bound { scores[index] = -.infinity }
  }
  return softmax(scores)
}

private func softmax(_ scores: [Double]) -> [Double] {
  let top = scores.max() ?? 0
  let weights = scores.map { exp($0 - top) }
  let sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}

struct TokenSamplerTests {
  /// Probabilities 0.4, 0.25, 0.15, 0.1, 0.06, 0.03, 0.01, not in that order.
  static let probabilities = [0.06, 0.4, 0.03, 0.25, 0.01, 0.15, 0.1]
  static var row: Matrix {
    Matrix(rows: 1, columns: 7, values: probabilities.map { Float(log($0)) })
  }

  /// What the rule keeps of the row, with renormalised probabilities.
  private func kept(_ rule: SamplingRule, _ x: Matrix = Self.row) -> [Int32: Double]? {
    let top = summariseRows(x)[0].top
    guard let found = TokenSampler(rule: rule).candidates(x, 0, top: top) else { return nil }
    let sum = found.reduce(0) { $0 + $1.weight }
    return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.weight / sum) })
  }

  private func expectKept(
    _ rule: SamplingRule,
    _ expected: [Int32: Double],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try #require(kept(rule), sourceLocation: location)
    #expect(Set(found.keys) == Set(expected.keys), sourceLocation: location)
    for (id, probability) in expected {
      #expect(abs((found[id] ?? 0) - probability) < 1e-5, sourceLocation: location)
    }
  }

  @Test func `top-k keeps the k likeliest`() throws {
    try expectKept(try SamplingRule(temperature: 1, topK: 2), [1: 0.4 / 0.65, 3: 0.25 / 0.65])
    try expectKept(try SamplingRule(temperature: 1, topK: 1), [1: 1])
  }

  @Test func `top-k keeps what equals the last one`() throws {
    let x = Matrix(rows: 1, columns: 4, values: [1, 2, 1, 0])
    let found = try #require(kept(try SamplingRule(temperature: 1, topK: 2), x))
    #expect(Set(found.keys) == [0, 1, 2])
  }

  @Test func `top-p keeps the fewest tokens that reach the sum`() throws {
    // 0.4 + 0.25 is below 0.7; with 0.15 it is 0.8.
    try expectKept(
      try SamplingRule(temperature: 1, topP: 0.7),
      [1: 0.5, 3: 0.3125, 5: 0.1875]
    )
    try expectKept(try SamplingRule(temperature: 1, topP: 0.3), [1: 1])
  }

  @Test func `min-p keeps what is likely beside the likeliest`() throws {
    // The bound is 0.35 of 0.4, which is 0.14.
    try expectKept(
      try SamplingRule(temperature: 1, minP: 0.35),
      [1: 0.5, 3: 0.3125, 5: 0.1875]
    )
  }

  @Test func `top-k comes before top-p, which sums over what is left`() throws {
    // Of the three likeliest 0.4 is a half: one token reaches 0.5, two are needed for 0.51.
    try expectKept(
      try SamplingRule(temperature: 1, topK: 3, topP: 0.51),
      [1: 0.4 / 0.65, 3: 0.25 / 0.65]
    )
  }

  @Test func `temperature comes before top-p`() throws {
    // Squared, 0.4 has 0.16 of 0.2696 in all: more than a half.
    try expectKept(try SamplingRule(temperature: 0.5, topP: 0.55), [1: 1])
  }

  @Test(
    arguments: [0.3, 1, 1.7],
    [(0, 1.0, 0.0), (40, 1, 0), (0, 0.9, 0), (0, 1, 0.05), (50, 0.8, 0.1)]
  )
  func `a large row has the distribution of the plain rule`(
    temperature: Double,
    cut: (Int, Double, Double)
  ) throws {
    var state = SamplingStreamTests.numbers("row", 3000).map { Float($0) }
    state = state.map { 12 * $0 * $0 }
    let x = Matrix(rows: 1, columns: 3000, values: state)
    let rule = try SamplingRule(
      temperature: temperature,
      topK: cut.0,
      topP: cut.1,
      minP: cut.2
    )

    let expected = plainDistribution(state.map(Double.init), rule)

    guard let found = kept(rule, x) else {
      #expect(cut == (0, 1, 0))
      return
    }
    // A token on the very edge may fall on either side: the two add in another order.
    let count = expected.count { $0 > 0 }
    #expect(abs(found.count - count) <= 1)
    for (id, probability) in found where expected[Int(id)] > 0 {
      #expect(abs(probability - expected[Int(id)]) < 1e-3 * probability + 1e-5)
    }
  }

  @Test(arguments: [
    try SamplingRule(temperature: 1), try SamplingRule(temperature: 0.7, topK: 5),
    try SamplingRule(temperature: 1.5, topP: 0.9), try SamplingRule(temperature: 1, minP: 0.1),
    try SamplingRule(temperature: 1.2, topK: 6, topP: 0.95, minP: 0.02, repetitionPenalty: 1.6),
  ])
  func `many draws follow the distribution`(rule: SamplingRule) throws {
    let seen: [Int32] = [1, 6]
    let draws = 20_000
    let row = Self.row
    let summary = summariseRows(row)[0]
    let stream = SamplingStream(seed: 7, item: "draws")
    var counts = Array(repeating: 0, count: 7)

    for draw in 0..<draws {
      let id = TokenSampler(rule: rule).choose(
        row,
        row: 0,
        summary: summary,
        seen: seen,
        uniform: { stream.uniform(at: draw) }
      )
      counts[Int(id)] += 1
    }

    let logits = row.values.map(Double.init)
    let expected = plainDistribution(logits, rule, seen: [1, 6])
    var statistic = 0.0
    for (count, probability) in zip(counts, expected) {
      let wanted = probability * Double(draws)
      if probability == 0 {
        #expect(count == 0)
      } else {
        statistic += (Double(count) - wanted) * (Double(count) - wanted) / wanted
      }
    }
    // Six degrees of freedom at most: a right sampler exceeds 22.5 once in a thousand seeds.
    #expect(statistic < 22.5, "\(counts)")
  }

  @Test func `a draw from the whole row reaches its ends`() throws {
    let columns = 5000
    let x = Matrix(rows: 1, columns: columns, values: Array(repeating: 2, count: columns))
    let sampler = TokenSampler(rule: try SamplingRule(temperature: 1))
    func draw(_ number: Double) -> Int32 {
      sampler.choose(x, row: 0, summary: summariseRows(x)[0], seen: [], uniform: { number })
    }

    #expect(draw(0) == 0)
    #expect(draw(0.5) == 2500)
    #expect(draw(0.99999) == 4999)
    #expect(draw(2048.5 / 5000) == 2048)
  }

  @Test func `a penalty lowers what was seen, greedily too, and leaves the row as it was`() throws {
    let x = Matrix(rows: 1, columns: 4, values: [3, 2.5, -1, -1.5])
    let before = x.values
    let rule = try SamplingRule(temperature: 0, repetitionPenalty: 2)
    func choose(_ seen: [Int32]) -> Int32 {
      TokenSampler(rule: rule).choose(
        x,
        row: 0,
        summary: summariseRows(x)[0],
        seen: seen,
        uniform: { 0 }
      )
    }

    #expect(choose([]) == 0)
    #expect(choose([0]) == 1)
    // A half of 2.5 is above twice -1: both positive ones stay ahead.
    #expect(choose([0, 1]) == 0)
    #expect(x.values == before)
  }

  @Test func `a negative logit is lowered by the penalty`() throws {
    let x = Matrix(rows: 1, columns: 2, values: [-1, -1.5])
    let rule = try SamplingRule(temperature: 0, repetitionPenalty: 2)
    let id = TokenSampler(rule: rule).choose(
      x,
      row: 0,
      summary: summariseRows(x)[0],
      seen: [0],
      uniform: { 0 }
    )
    #expect(id == 1)
  }

  @Test(arguments: [(-1.0, 0, 1.0, 0.0, 1.0), (1, -1, 1, 0, 1), (1, 0, 0, 0, 1), (1, 0, 1.1, 0, 1)])
  func `a rule out of range is refused`(values: (Double, Int, Double, Double, Double)) {
    #expect(throws: GenerationError.self) {
      try SamplingRule(
        temperature: values.0,
        topK: values.1,
        topP: values.2,
        minP: values.3,
        repetitionPenalty: values.4
      )
    }
  }
}

struct SamplingStreamTests {
  static func numbers(_ item: String, _ count: Int) -> [Double] {
    let stream = SamplingStream(seed: 3, item: item)
    return (0..<count).map { stream.uniform(at: $0) }
  }

  @Test func `a number depends on seed, item and position alone`() {
    let numbers = Self.numbers("a", 100)
    #expect(SamplingStream(seed: 3, item: "a").uniform(at: 57) == numbers[57])
    #expect(SamplingStream(seed: 4, item: "a").uniform(at: 57) != numbers[57])
    #expect(Self.numbers("b", 100) != numbers)
    #expect(Set(numbers).count == 100)
  }

  @Test func `the numbers are spread evenly, within an item and across items`() {
    let within = Self.numbers("a", 10_000)
    let across = (0..<10_000).map { SamplingStream(seed: 3, item: "\($0)").uniform(at: 0) }
    for numbers in [within, across] {
      var counts = Array(repeating: 0.0, count: 20)
      for number in numbers {
        #expect(number >= 0 && number < 1)
        counts[Int(number * 20)] += 1
      }
      // Nineteen degrees of freedom: 43.8 is exceeded once in a thousand seeds.
      #expect(counts.reduce(0) { $0 + ($1 - 500) * ($1 - 500) / 500 } < 43.8)
    }
  }
}
