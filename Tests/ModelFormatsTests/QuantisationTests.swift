import Foundations
import TestSupport
import Testing

@testable import ModelFormats

struct QuantisationTests {
  @Test func `floats keep their bits`() {
    let values: [Float] = [0, -0.0, 1, -.infinity, .leastNonzeroMagnitude]

    let bytes = Quantisation.encode(.float32, values)

    #expect(bytes?.count == 20)
    #expect(bytes?[8..<12] == [0, 0, 0x80, 0x3F])
    #expect(bytes?[4..<8] == [0, 0, 0, 0x80])
  }

  @Test func `halves are rounded to nearest, ties to even`() {
    let values: [Float] = [1, 1.000_488_3, 1.001_464_8, 65_504]

    #expect(
      Quantisation.encode(.float16, values) == [0, 0x3C, 0, 0x3C, 2, 0x3C, 0xFF, 0x7B]
    )
  }

  @Test func `a block of Q8_0 has its largest value at 127 and halves away from zero`() throws {
    var values = [Float](repeating: 0, count: 64)
    values[0] = -127
    values[1] = 0.5
    values[2] = -1.5
    values[3] = 2.4

    let bytes = try #require(Quantisation.encode(.q8x0, values))

    #expect(bytes.count == 68)
    #expect(bytes[0..<6] == [0, 0x3C, 0x81, 1, 0xFE, 2])
    #expect(bytes[6...].allSatisfy { $0 == 0 })
  }

  @Test(arguments: [ElementType.float16, .q8x0])
  func `what the type cannot hold is refused`(type: ElementType) {
    for value in [Float.nan, .infinity, 1e8] {
      var values = [Float](repeating: 1, count: 32)
      values[31] = value

      #expect(Quantisation.encode(type, values) == nil, "\(value)")
    }
  }

  @Test(arguments: [ElementType.float32, .float16, .q8x0])
  func `values that the type holds come back bit for bit`(type: ElementType) throws {
    var random = RandomStream(seed: 4, name: "quantisation")
    let first = (0..<256).map { _ in Float(random.uniform() - 0.5) }
    let once = try decoded(type, Quantisation.encode(type, first))

    let twice = try decoded(type, Quantisation.encode(type, once))

    #expect(once.map(\.bitPattern) == twice.map(\.bitPattern))
    #expect(zip(first, once).allSatisfy { abs($0 - $1) < 0.003 })
  }

  private func decoded(_ type: ElementType, _ bytes: [UInt8]?) throws -> [Float] {
    let bytes = try #require(bytes)
    var values = [Float](repeating: .nan, count: 256)
    var span = values.mutableSpan
    Dequantisation.decode(type, bytes.span, into: &span)
    return values
  }
}
