import DecoderModels
import Foundations
import Tensors
import Testing

@testable import Training

struct OptimiserTests {
  /// One step on the tiny model; every tensor's values afterwards.
  private func tensors(
    rate: Double,
    ratio: Double,
    targets: [Projection] = Projection.allCases
  ) throws
    -> [String: [Float]]
  {
    var configuration = TinyTraining.configuration()
    configuration.maxSteps = 1
    configuration.learningRate = rate
    configuration.loraPlusLRRatio = ratio
    let adapter = try TinyTraining.adapter(try TinyTraining.fixture(), zeroB: false)
    let trainer = try Trainer(
      try TinyTraining.model.get(),
      set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
      configuration: configuration,
      initialAdapter: adapter
    )
    _ = try trainer.train { _ in }
    return Dictionary(
      uniqueKeysWithValues: adapter.namedTensors(of: adapter.parameters)
        .map { ($0.name, $0.values.values) }
    )
  }

  @Test func `the rate of B is the ratio times that of A, bit for bit`() throws {
    let slow = try tensors(rate: 1e-3, ratio: 1)
    let fast = try tensors(rate: 4e-3, ratio: 1)

    let mixed = try tensors(rate: 1e-3, ratio: 4)

    #expect(slow != fast)
    for (name, values) in mixed {
      #expect(values == (name.contains("lora_B") ? fast : slow)[name], "\(name)")
    }
  }

  @Test(arguments: [[0..<37], [0..<8, 8..<37], [0..<3, 3..<20, 20..<21, 21..<37]])
  func `ranges that cover the block give the bits of one call`(ranges: [Range<Int>]) {
    func stepped(_ ranges: [Range<Int>?]) -> [[UInt32]] {
      var random = RandomStream(seed: 1, name: "adam")
      let blocks = (0..<4).map { _ in FloatStorage(count: 37) }
      for (index, block) in blocks.enumerated() {
        block.withMutableSpan { span in
          for place in span.indices {
            let value = Float(random.normal())
            span[place] = index == 3 ? value * value : value
          }
        }
      }
      for range in ranges {
        AdamW(weightDecay: 0.1).step(
          3,
          learningRate: 1e-2,
          parameters: blocks[0],
          gradients: blocks[1],
          firstMoment: blocks[2],
          secondMoment: blocks[3],
          gradientScale: 0.5,
          in: range
        )
      }
      return blocks.map(\.bits)
    }

    #expect(stepped(ranges) == stepped([nil]))
  }

  @Test func `parameters of one rate and decay are one range`() throws {
    let adapter = try TinyTraining.adapter(try TinyTraining.fixture(), zeroB: false)
    var configuration = TinyTraining.configuration()

    let plain = Optimiser(adapter, configuration: configuration).groups
    configuration.loraPlusLRRatio = 2
    let plus = Optimiser(adapter, configuration: configuration).groups

    #expect(plain.map(\.ranges) == [[0..<adapter.parameterCount]])
    #expect(Set(plus.map(\.rateRatio)) == [1, 2])
    let covered = plus.flatMap(\.ranges).reduce(0) { $0 + $1.count }
    #expect(covered == adapter.parameterCount)
  }
}
