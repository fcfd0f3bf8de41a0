import Foundations
import ModelFormats
import Tensors
import Testing

@testable import DecoderModels
@testable import Training

struct HeadMemoryTests {
  @Test func `the logits of a batch never exist at once`() throws {
    var random = RandomStream(seed: 1, name: "head")
    let rows = (0..<8).map { _ in
      TrainingRow(
        ids: (0..<120).map { _ in Int32(random.int(in: 1...500)) },
        isSupervised: Array(repeating: true, count: 120)
      )
    }
    let model = try TinyTraining.model.get()
    let adapter = try TinyTraining.adapter(try TinyTraining.fixture(), zeroB: false)
    var tape = TrainingTape()

    let losses = try model.lossesAndGradients(
      TokenBatch(rows.map { ($0.ids, $0.isSupervised) }),
      adapter: adapter,
      gradients: FloatStorage(count: adapter.parameterCount),
      lossScale: 1,
      dropout: nil,
      tape: &tape
    )

    #expect(losses.count == 8 * 119)
    let room = tape.head.logits.storage.count / model.configuration.vocabularySize
    #expect(room >= TrainingTape.headChunk && room < TrainingTape.headChunk + 48)
    #expect(room * 4 < losses.count)
  }

  @Test func `a batch as large as one chunk and one that ends inside a chunk lose nothing`() throws
  {
    let model = try TinyTraining.model.get()
    let adapter = try TinyTraining.adapter(try TinyTraining.fixture(), zeroB: false)
    let ids = (0..<101).map { Int32(1 + $0 * 3 % 500) }
    func losses(_ mask: [Bool]) throws -> [Float] {
      var tape = TrainingTape()
      return try model.losses(
        TokenBatch([(ids, mask)]),
        adapter: adapter,
        tape: &tape
      )
    }

    let all = try losses(Array(repeating: true, count: 101))
    let tail = try losses((0..<101).map { $0 > 94 })

    #expect(all.count == 100 && tail.count == 6)
    for (a, b) in zip(all.suffix(6), tail) { #expect(abs(a - b) < 1e-5) }
  }
}
