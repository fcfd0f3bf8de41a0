import Evaluation
import Foundations
import TestSupport
import Testing

struct McNemarTestTests {
  @Test func `p values equal the exact binomial test of the reference`() throws {
    let rows = try #require(try Fixture.json("evaluation/reference.json")["mcnemar"]?.array)
    #expect(rows.count >= 20)

    for row in rows {
      let b = try #require(row["b"]?.int)
      let c = try #require(row["c"]?.int)
      let expected = try #require(row["p"]?.double)
      let p = McNemarTest.exact(b: b, c: c)
      #expect(abs(p - expected) <= 1e-8 * expected + 1e-300, "\(b) and \(c): \(p), not \(expected)")
    }
  }

  @Test func `fixed and broken count alike`() {
    for (b, c) in [(3, 9), (0, 4), (17, 40), (400, 300)] {
      #expect(McNemarTest.exact(b: b, c: c) == McNemarTest.exact(b: c, c: b))
    }
  }

  @Test func `a negative count is a broken promise`() async {
    await #expect(processExitsWith: .failure) {
      _ = McNemarTest.exact(b: -1, c: 2)
    }
  }
}

struct WilsonIntervalTests {
  @Test func `bounds equal the reference`() throws {
    let rows = try #require(try Fixture.json("evaluation/reference.json")["wilson"]?.array)
    #expect(rows.count >= 10)

    for row in rows {
      let successes = try #require(row["successes"]?.int)
      let trials = try #require(row["trials"]?.int)
      let lower = try #require(row["lower"]?.double)
      let upper = try #require(row["upper"]?.double)
      let interval = WilsonInterval(successes: successes, trials: trials)
      #expect(abs(interval.lower - lower) < 1e-9)
      #expect(abs(interval.upper - upper) < 1e-9)
    }
  }

  @Test func `no trials say nothing`() {
    let interval = WilsonInterval(successes: 0, trials: 0)

    #expect(interval.lower == 0)
    #expect(interval.upper == 1)
  }

  @Test func `more successes than trials is a broken promise`() async {
    await #expect(processExitsWith: .failure) {
      _ = WilsonInterval(successes: 3, trials: 2)
    }
  }
}
