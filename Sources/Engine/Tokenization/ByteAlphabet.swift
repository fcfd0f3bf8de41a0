/// GPT-2's printable spelling of bytes: one Unicode scalar for each of the 256 values.
///
/// Printable Latin-1 bytes stand for themselves, the 68 others for U+0100 and on, in order.
/// Source: `bytes_to_unicode` in the GPT-2 repository's `encoder.py`.
enum ByteAlphabet {
  /// The byte of each scalar from 0 to U+0143; nil where the alphabet has none.
  private static let bytes: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 324)
    var next = 256
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 33...126, 161...172, 174...255: table[Int(byte)] = byte
      default:
        table[next] = byte
        next += 1
      }
    }
    return table
  }()

  /// The bytes that a token's spelling stands for; nil if a character is not of the alphabet.
  static func bytes(ofSpelling spelling: some Collection<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(spelling.count)
    var lead: UInt8?
    for unit in spelling {
      // All scalars of the alphabet have one or two UTF-8 bytes.
      if let first = lead {
        guard unit & 0xC0 == 0x80 else { return nil }
        guard let byte = byte(of: Int(first & 0x1F) << 6 | Int(unit & 0x3F)) else { return nil }
        result.append(byte)
        lead = nil
      } else if unit < 0x80 {
        guard let byte = byte(of: Int(unit)) else { return nil }
        result.append(byte)
      } else {
        guard unit & 0xE0 == 0xC0 else { return nil }
        lead = unit
      }
    }
    return lead == nil ? result : nil
  }

  private static func byte(of scalar: Int) -> UInt8? {
    bytes.indices.contains(scalar) ? bytes[scalar] : nil
  }
}
