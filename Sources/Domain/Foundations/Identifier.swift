import Foundation

/// The name of one `Subject`: a UUID in lower case.
///
/// The type parameter keeps a run's identifier from being passed where a trace's is wanted.
public struct Identifier<Subject>: Hashable, Sendable, CustomStringConvertible {
  /// The UUID's lower-case text, 36 characters.
  public let text: String

  /// Takes a UUID in either case; nil for any other text.
  public init?(_ text: String) {
    guard let hasCapital = unsafe text.withBytes({ unsafe Self.hasCapital($0) }) else { return nil }
    self.text = hasCapital ? text.lowercased() : text
  }

  /// Whether a UUID's text has capital letters; nil for any other text.
  private static func hasCapital(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard bytes.count == 36 else { return nil }
    var hasCapital = false
    for place in 0..<36 {
      let isBetweenGroups = place == 8 || place == 13 || place == 18 || place == 23
      switch unsafe bytes[place] {
      case UInt8(ascii: "-"): guard isBetweenGroups else { return nil }
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
        guard !isBetweenGroups else { return nil }
      case UInt8(ascii: "A")...UInt8(ascii: "F"):
        guard !isBetweenGroups else { return nil }
        hasCapital = true
      default: return nil
      }
    }
    return hasCapital
  }

  /// Names a subject by its content: the same hash always gives the same identifier.
  ///
  /// A version 8 UUID (RFC 9562, section 5.8) of the hash's first 16 bytes.
  public init(derivedFrom hash: ContentHash) {
    var digits = Array(hash.hex.utf8.prefix(32))
    // The variant's two bits replace the upper two of the ninth byte's upper digit.
    let digit = digits[16] < UInt8(ascii: "a") ? digits[16] - 0x30 : digits[16] - 0x57
    digits[12] = UInt8(ascii: "8")
    digits[16] = digit & 3 < 2 ? 0x38 + digit & 3 : 0x61 + digit & 3 - 2
    var grouped: [UInt8] = []
    grouped.reserveCapacity(36)
    for (start, end) in [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)] {
      if start > 0 { grouped.append(UInt8(ascii: "-")) }
      grouped += digits[start..<end]
    }
    text = String(decoding: grouped, as: UTF8.self)
  }

  private init(unchecked text: String) {
    self.text = text
  }

  /// A fresh random name (UUID version 4).
  public static func random() -> Identifier {
    Identifier(unchecked: UUID().uuidString.lowercased())
  }

  /// The UUID's text.
  public var description: String { text }
}

extension Identifier: Comparable {
  /// Orders by text.
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.text < right.text
  }
}

extension Identifier: Codable {
  /// Reads the UUID's text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let identifier = Identifier(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "\(text) is not a UUID"
      )
    }
    self = identifier
  }

  /// Writes the UUID's text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
