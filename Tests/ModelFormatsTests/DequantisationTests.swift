import Foundations
import TestSupport
import Testing

@testable import ModelFormats

struct DequantisationTests {
  @Test(arguments: ElementType.allCases.filter { $0 != .float32 })
  func `values of raw blocks are bit-equal to the reference`(type: ElementType) throws {
    let vectors = try #require(try Fixture.json("dequant_vectors.json")["types"]?[type.rawValue])
    let blocks = try #require(vectors["blocks_hex"]?.array).flatMap {
      bytes(ofHex: $0.string ?? "")
    }
    let expected = try #require(vectors["values"]?.array).map(float)

    var values = [Float](repeating: .nan, count: expected.count)
    var span = values.mutableSpan
    Dequantisation.decode(type, blocks.span, into: &span)

    #expect(values.map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(ContentHash(ofFloats: values).hex == vectors["sha256_f32"]?.string)
  }

  @Test(arguments: ElementType.allCases.filter { $0 != .float32 })
  func `block sizes are those of the reference`(type: ElementType) throws {
    let vectors = try #require(try Fixture.json("dequant_vectors.json")["types"]?[type.rawValue])

    #expect(type.valuesPerBlock == vectors["values_per_block"]?.int)
    #expect(type.bytesPerBlock == vectors["bytes_per_block"]?.int)
  }

  private func float(_ value: JSONValue) -> Float {
    guard case .number(let number) = value else { return .nan }
    return Float(number.literal) ?? .nan
  }
}

/// The bytes of a text of hexadecimal digits.
func bytes(ofHex text: String) -> [UInt8] {
  let digits = text.utf8.map { UInt8($0 < 0x60 ? $0 - 0x30 : $0 - 0x57) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
