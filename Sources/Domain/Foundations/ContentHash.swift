import Crypto
public import Foundation

/// The sha256 of some content: 64 lower-case hexadecimal digits.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
  /// The digest as lower-case hexadecimal text.
  public let hex: String

  /// Hashes bytes.
  public init(of bytes: some DataProtocol) {
    var hasher = ContentHasher()
    hasher.update(bytes)
    self = hasher.finish()
  }

  /// Hashes a text's UTF-8 bytes.
  public init(ofText text: String) {
    self.init(of: Array(text.utf8))
  }

  /// Hashes the canonical form (RFC 8785), so that neither spacing nor member order matters.
  public init(ofCanonical value: JSONValue) {
    self.init(of: value.canonical)
  }

  /// Takes 64 lower-case hexadecimal digits; nil for any other text.
  public init?(hex: String) {
    let isDigest = unsafe hex.withBytes { bytes in
      unsafe bytes.count == 64
        && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x61 && $0 <= 0x66 }
    }
    guard isDigest else { return nil }
    self.hex = hex
  }

  fileprivate init(digest: SHA256.Digest) {
    hex = unsafe String(unsafeUninitializedCapacity: 64) { digits in
      var place = 0
      for byte in digest {
        unsafe digits[place] = hexDigit(byte >> 4)
        unsafe digits[place + 1] = hexDigit(byte & 15)
        place += 2
      }
      return place
    }
  }

  /// The hexadecimal digits.
  public var description: String { hex }

  /// The digest's 32 bytes.
  public var bytes: [UInt8] {
    let digits = hex.utf8.map { $0 < UInt8(ascii: "a") ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension ContentHash: Codable {
  /// Reads the hexadecimal text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let hash = ContentHash(hex: text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected 64 lower-case hexadecimal digits"
      )
    }
    self = hash
  }

  /// Writes the hexadecimal text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

/// Hashes content that arrives in pieces.
public struct ContentHasher: Sendable {
  private var state = SHA256()

  /// Starts with no content.
  public init() {}

  /// Appends bytes (an array, a slice, `Data` or a raw buffer).
  public mutating func update(_ bytes: some DataProtocol) {
    state.update(data: bytes)
  }

  /// The hash of everything appended so far.
  public func finish() -> ContentHash {
    ContentHash(digest: state.finalize())
  }
}

/// The lower-case hexadecimal digit of a value below 16.
@inlinable
public func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? 0x30 + value : 0x57 + value
}
