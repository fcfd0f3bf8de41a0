import Foundation

/// Where the next page of a list begins, as a text that means nothing to whoever carries it.
///
/// It belongs to one list with one set of filters: a cursor of another list is refused instead of
/// giving a page that nobody asked for.
public struct PageCursor: Hashable, Sendable {
  /// The last position that was given out.
  public let position: Int64
  private let scope: UInt32

  /// Makes the cursor behind a position of the list that `scope` describes.
  public init(after position: Int64, scope: String) {
    self.position = position
    self.scope = Self.hash(of: scope)
  }

  /// Reads a cursor; nil where the text is none or belongs to another list.
  public init?(_ text: String, scope: String) {
    let plain = text.replacingOccurrences(of: "-", with: "+")
      .replacingOccurrences(of: "_", with: "/")
    guard text.utf8.count == 16, let data = Data(base64Encoded: plain), data.count == 12 else {
      return nil
    }
    let number = { (range: Range<Int>) in
      data[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    self.scope = UInt32(truncatingIfNeeded: number(0..<4))
    position = Int64(bitPattern: number(4..<12))
    guard self.scope == Self.hash(of: scope) else { return nil }
  }

  /// The text: 16 characters that need no escaping in a link.
  public var text: String {
    var bytes = (0..<4).map { UInt8(truncatingIfNeeded: scope >> (24 - 8 * $0)) }
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: position >> (56 - 8 * $0)) }
    return Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_")
  }

  /// The first four bytes of the scope's sha256.
  private static func hash(of scope: String) -> UInt32 {
    UInt32(ContentHash(ofText: scope).hex.prefix(8), radix: 16) ?? 0
  }
}
