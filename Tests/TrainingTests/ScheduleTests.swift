import Foundation
import Testing

@testable import Training

struct LearningRateScheduleTests {
  private func rates(
    _ shape: LearningRateSchedule.Shape,
    warmup: Int = 2,
    total: Int = 6,
    least: Double = 0
  ) -> [Double] {
    var schedule = LearningRateSchedule(
      shape: shape,
      peak: 1,
      warmupSteps: warmup,
      totalSteps: total
    )
    schedule.leastRatio = least
    return (0..<total).map(schedule.rate)
  }

  private func expectEqual(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (step, pair) in zip(found, expected).enumerated() {
      #expect(abs(pair.0 - pair.1) < 1e-12, "step \(step): \(pair.0), expected \(pair.1)")
    }
  }

  @Test func `constant, linear and cosine follow the reference library's formulas`() {
    expectEqual(rates(.constant), [0, 0.5, 1, 1, 1, 1])
    expectEqual(rates(.linear), [0, 0.5, 1, 0.75, 0.5, 0.25])
    let half = 0.5.squareRoot() / 2
    expectEqual(rates(.cosine), [0, 0.5, 1, 0.5 + half, 0.5, 0.5 - half])
  }

  @Test func `a smallest rate lifts the fall and not the warm-up`() {
    expectEqual(rates(.linear, least: 0.2), [0, 0.5, 1, 0.8, 0.6, 0.4])
    let half = 0.5.squareRoot() / 2
    expectEqual(
      rates(.cosine, least: 0.2),
      [0, 0.5, 1, 0.2 + 0.8 * (0.5 + half), 0.6, 0.2 + 0.8 * (0.5 - half)]
    )
  }

  @Test(arguments: LearningRateSchedule.Decay.allCases)
  func `warm-up-stable-decay stays at the peak until its last steps`(
    decay: LearningRateSchedule.Decay
  ) {
    var schedule = LearningRateSchedule(
      shape: .warmupStableDecay,
      peak: 2,
      warmupSteps: 2,
      totalSteps: 10
    )
    schedule.decaySteps = 4
    schedule.decay = decay
    schedule.leastRatio = 0.1
    let fall: [Double] =
      switch decay {
      case .cosine: [1, 0.5 + 0.5.squareRoot() / 2, 0.5, 0.5 - 0.5.squareRoot() / 2]
      case .linear: [1, 0.75, 0.5, 0.25]
      case .root: [1, 0.5, 1 - 0.5.squareRoot(), 1 - 0.75.squareRoot()]
      }

    let rates = (0...11).map(schedule.rate)

    expectEqual(
      rates,
      [0.2, 1.1, 2, 2, 2, 2] + fall.map { 2 * (0.1 + 0.9 * $0) } + [0.2, 0.2]
    )
  }

  @Test func `a configuration's ratios become whole steps, rounded up`() throws {
    var configuration = TrainingConfiguration(model: "m")
    configuration.lrSchedulerType = .warmupStableDecay
    configuration.warmupRatio = 0.05
    configuration.decayRatio = 0.25

    let schedule = try LearningRateSchedule(configuration, totalSteps: 30)

    #expect(schedule.warmupSteps == 2 && schedule.decaySteps == 8)
  }

  @Test func `warm-up and decay that are longer than the run are refused with their numbers`() {
    var configuration = TrainingConfiguration(model: "m")
    configuration.lrSchedulerType = .warmupStableDecay
    configuration.warmupSteps = 6
    configuration.numDecaySteps = 5

    let error = #expect(throws: SettingError.self) {
      try LearningRateSchedule(configuration, totalSteps: 10)
    }

    #expect(error?.description.contains("6 steps of warm-up and 5 of decay") == true)
  }
}
