import Foundations
import Testing

@testable import Training

struct EarlyStoppingTests {
  private func run(_ losses: [Double], patience: Int?, threshold: Double = 0) -> EarlyStopping {
    var rule = EarlyStopping(patience: patience, threshold: threshold)
    for (index, loss) in losses.enumerated() where !rule.isExhausted {
      rule.evaluated(loss, after: 10 * (index + 1))
    }
    return rule
  }

  @Test func `patience counts evaluations in a row without improvement`() {
    let rule = run([3, 2, 2.5, 1.5, 1.6, 1.7, 1], patience: 2)

    #expect(rule.isExhausted)
    #expect(rule.best == EarlyStopping.Best(step: 40, loss: 1.5))
  }

  @Test func `what is better by no more than the threshold is the best and still no improvement`() {
    let rule = run([3, 2.95, 2.9], patience: 2, threshold: 0.2)

    #expect(rule.isExhausted)
    #expect(rule.best == EarlyStopping.Best(step: 30, loss: 2.9))
  }

  @Test func `equal losses are no improvement and the first of them is the best`() {
    let rule = run([2, 2, 2, 2], patience: 3)

    #expect(rule.isExhausted && rule.best?.step == 10)
  }

  @Test func `without patience training never stops`() {
    #expect(!run([1, 2, 3, 4, 5, 6], patience: nil).isExhausted)
  }
}

struct HoldOutTests {
  private func rows(groups: [String?]) -> [TrainingRow] {
    groups.enumerated().map { index, group in
      TrainingRow(ids: [1, Int32(index)], isSupervised: [false, true], group: group)
    }
  }

  @Test(arguments: 0..<20)
  func `whole groups are held out, no row is lost, and the part is at least what was asked`(
    seed: UInt64
  ) throws {
    var random = RandomStream(seed: seed, name: "test")
    let groups = (0..<60).map { _ in "g\(random.int(in: 0...15))" }
    let rows = rows(groups: groups)

    let (learned, held) = try HoldOut(ratio: 0.2, seed: seed).split(rows)

    #expect(Set(learned.map(\.group)).isDisjoint(with: held.map(\.group)))
    #expect((learned + held).map(\.ids[1]).sorted() == (0..<60).map(Int32.init))
    #expect(held.count >= 12 && held.count < 12 + 15)
    let again = try HoldOut(ratio: 0.2, seed: seed).split(rows)
    #expect(again.held == held)
  }

  @Test func `a group's side depends on the seed and its name, not on the other rows' order`()
    throws
  {
    let rows = rows(groups: (0..<40).map { "g\($0)" })
    let hold = HoldOut(ratio: 0.25, seed: 3)

    let forwards = try hold.split(rows).held
    let backwards = try hold.split(rows.reversed()).held

    #expect(Set(forwards) == Set(backwards))
    #expect(try HoldOut(ratio: 0.25, seed: 4).split(rows).held != forwards)
  }

  @Test func `equal rows without a group stay together`() throws {
    let twins = (0..<10).flatMap { index in
      Array(
        repeating: TrainingRow(ids: [1, Int32(index)], isSupervised: [false, true]),
        count: 2
      )
    }

    let (learned, held) = try HoldOut(ratio: 0.3, seed: 1).split(twins)

    #expect(Set(learned).isDisjoint(with: held) && held.count == 6)
  }

  @Test func `one group cannot be split`() {
    let error = #expect(throws: TrainingDataError.self) {
      try HoldOut(ratio: 0.5, seed: 1).split(rows(groups: ["a", "a", "a"]))
    }

    #expect(error?.description.contains("1 groups") == true)
  }
}

struct RandomStreamsTests {
  @Test func `a draw can be computed again from the recorded name`() {
    let streams = RandomStreams(seed: 42)
    var dropout = RandomStream(seed: 42, name: "dropout/step-3/pass-1")
    var shuffle = RandomStream(seed: 42, name: "shuffle/epoch-2")
    var ours = streams.shuffle(epoch: 2)

    #expect(streams.dropoutSeed(step: 3, pass: 1) == dropout.next())
    #expect(ours.shuffled(Array(0..<50)) == shuffle.shuffled(Array(0..<50)))
    #expect(streams.json["root_seed"] == 42)
    let names = (streams.json["streams"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names.contains("dropout/step-{step}/pass-{pass}") && names.contains("lora_init"))
  }

  @Test func `passes and steps have masks of their own`() {
    let streams = RandomStreams(seed: 1)
    let seeds = (0..<20).flatMap { step in (0..<4).map { streams.dropoutSeed(step: step, pass: $0) }
    }

    #expect(Set(seeds).count == 80)
  }
}

struct StepPlanTests {
  private func plan(units: Int, batch: Int, accumulation: Int) -> StepPlan {
    var configuration = TrainingConfiguration(model: "m")
    configuration.perDeviceTrainBatchSize = batch
    configuration.gradientAccumulationSteps = accumulation
    return StepPlan(units: (0..<units).map { [2 * $0, 2 * $0 + 1] }, configuration: configuration)
  }

  @Test(arguments: [(10, 2, 2), (7, 3, 1), (5, 8, 2), (9, 1, 4)])
  func `every epoch reads every row once, in an order of its own`(
    units: Int,
    batch: Int,
    accumulation: Int
  ) {
    var plan = plan(units: units, batch: batch, accumulation: accumulation)
    let perEpoch = plan.stepsPerEpoch

    let epochs = (0..<3).map { epoch in
      (0..<perEpoch).flatMap { plan.passes(of: epoch * perEpoch + $0) }
    }

    for passes in epochs {
      #expect(passes.flatMap(\.self).sorted() == Array(0..<2 * units))
      #expect(passes.allSatisfy { $0.count <= 2 * batch })
    }
    if units > 4 { #expect(Set(epochs.map { $0.flatMap(\.self) }).count == 3) }
  }

  @Test func `a step is the same whether or not those before it were asked for`() {
    var all = plan(units: 10, batch: 2, accumulation: 2)
    let whole = (0..<9).map { all.passes(of: $0) }

    for step in 0..<9 {
      var fresh = plan(units: 10, batch: 2, accumulation: 2)
      #expect(fresh.passes(of: step) == whole[step])
    }
  }
}
