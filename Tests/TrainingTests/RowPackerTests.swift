import DecoderModels
import Foundations
import Tensors
import Testing

@testable import Training

struct RowPackerTests {
  @Test func `rows go from the longest on into the fullest bin that has room`() {
    let bins = RowPacker(capacity: 10).bins([3, 7, 5, 2, 5, 4])

    // 7 opens bin 0, 5 bin 1, the other 5 fills it, 4 opens bin 2, 3 fills bin 0, 2 joins the 4.
    #expect(bins == [[1, 0], [2, 4], [5, 3]])
  }

  @Test func `equal rows keep their order and equal bins are filled first come first served`() {
    #expect(RowPacker(capacity: 4).bins([2, 2, 2, 2, 2]) == [[0, 1], [2, 3], [4]])
    #expect(RowPacker(capacity: 5).bins([4, 4, 1, 1]) == [[0, 2], [1, 3]])
  }

  @Test(arguments: 0..<50)
  func `no row is lost or doubled and no bin overflows`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "packer")
    let capacity = random.int(in: 1...64)
    let lengths = (0..<random.int(in: 0...200)).map { _ in random.int(in: 1...capacity) }
    let packer = RowPacker(capacity: capacity)

    let bins = packer.bins(lengths)

    #expect(bins.flatMap(\.self).sorted() == Array(lengths.indices))
    #expect(bins.allSatisfy { !$0.isEmpty && $0.reduce(0) { $0 + lengths[$1] } <= capacity })
    #expect(bins == packer.bins(lengths))
    let least = (lengths.reduce(0, +) + capacity - 1) / capacity
    // Best fit opens a bin only when no other has room, so two bins together are over-full.
    #expect(bins.count <= max(2 * least, least))
    if !lengths.isEmpty {
      let efficiency = packer.efficiency(lengths, bins: bins.count)
      #expect(efficiency > 0 && efficiency <= 1)
    }
  }

  @Test func `ten thousand rows of real lengths fill their bins almost wholly`() {
    var random = RandomStream(seed: 1, name: "packer")
    let lengths = (0..<10_000).map { _ in random.int(in: 20...400) }
    let packer = RowPacker(capacity: 1024)

    let bins = packer.bins(lengths)

    #expect(packer.efficiency(lengths, bins: bins.count) > 0.99)
  }

  @Test func `a packed row's losses are those of its rows alone`() throws {
    let fixture = try TinyTraining.fixture()
    let rows = try TinyTraining.rows(fixture)
    let adapter = try TinyTraining.adapter(fixture, zeroB: false)
    let model = try TinyTraining.model.get()
    func losses(_ rows: [TrainingRow]) throws -> [Float] {
      var tape = TrainingTape()
      return try model.losses(
        TokenBatch(rows.map { ($0.ids, $0.isSupervised) }),
        adapter: adapter,
        tape: &tape
      )
    }
    let bins = RowPacker(capacity: 256).bins(rows.map(\.ids.count))
    #expect(bins.contains { $0.count > 1 })

    for bin in bins {
      let packed = try losses(bin.map { rows[$0] })
      let alone = try bin.flatMap { try losses([rows[$0]]) }

      #expect(packed.count == alone.count)
      for (a, b) in zip(packed, alone) { #expect(abs(a - b) < 1e-5) }
    }
  }

  @Test func `a packed step equals the unpacked step over the same rows`() throws {
    let fixture = try TinyTraining.fixture()
    let rows = try TinyTraining.rows(fixture)
    func first(_ packing: Bool) throws -> (loss: Double, gradNorm: Double) {
      var configuration = TinyTraining.configuration()
      configuration.packing = packing
      configuration.maxSteps = 1
      let trainer = try Trainer(
        try TinyTraining.model.get(),
        set: try TinyTraining.set(rows),
        configuration: configuration,
        initialAdapter: try TinyTraining.adapter(fixture, zeroB: false)
      )
      #expect((trainer.plan.packing != nil) == packing)
      var metrics: [StepMetrics] = []
      _ = try trainer.train { if case .stepped(let step) = $0 { metrics.append(step) } }
      return (try #require(metrics.first).loss, try #require(metrics.first).gradNorm)
    }

    let packed = try first(true)
    let loose = try first(false)

    #expect(abs(packed.loss - loose.loss) < 1e-6)
    #expect(abs(packed.gradNorm - loose.gradNorm) < 1e-5 * loose.gradNorm)
  }
}
