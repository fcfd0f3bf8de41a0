internal import Foundations

/// Which rows every forward pass of every step reads.
///
/// Rows stand in units: one row, or the rows of a packed bin. Each epoch goes through all units in an order of its
/// own, so that every row is read once an epoch; its last step may have fewer.
struct StepPlan: Sendable {
  /// The rows of each unit.
  let units: [[Int]]
  /// Units of one forward pass.
  let unitsPerPass: Int
  /// Forward passes of one step.
  let passesPerStep: Int
  private let streams: RandomStreams
  private var order: [Int] = []
  private var orderEpoch = -1

  init(units: [[Int]], configuration: TrainingConfiguration) {
    self.units = units
    unitsPerPass = configuration.perDeviceTrainBatchSize
    passesPerStep = configuration.gradientAccumulationSteps
    streams = RandomStreams(seed: configuration.seed)
  }

  var unitsPerStep: Int { unitsPerPass * passesPerStep }

  var stepsPerEpoch: Int { (units.count + unitsPerStep - 1) / unitsPerStep }

  /// The rows of each forward pass of a step, counted from 0.
  mutating func passes(of step: Int) -> [[Int]] {
    let epoch = step / stepsPerEpoch
    if orderEpoch != epoch {
      var stream = streams.shuffle(epoch: epoch)
      order = stream.shuffled(Array(units.indices))
      orderEpoch = epoch
    }
    let start = step % stepsPerEpoch * unitsPerStep
    let end = min(start + unitsPerStep, units.count)
    return stride(from: start, to: end, by: unitsPerPass).map { first in
      order[first..<min(first + unitsPerPass, end)].flatMap { units[$0] }
    }
  }

  /// The most tokens that a forward pass can have, given each row's length.
  func longestPass(_ lengths: [Int]) -> Int {
    let sizes = units.map { $0.reduce(0) { $0 + lengths[$1] } }.sorted(by: >)
    return sizes.prefix(unitsPerPass).reduce(0, +)
  }
}
