import Foundation

extension String {
  /// How many Unicode scalars the text has: the bytes that begin one.
  public var scalarCount: Int {
    unsafe withBytes { bytes in
      var count = 0
      // Without a check for overflow the sum is taken many bytes at a time.
      for place in bytes.indices { count &+= unsafe bytes[place] & 0xC0 != 0x80 ? 1 : 0 }
      return count
    }
  }

  /// Gives the UTF-8 bytes to `body` where they stand, copied only where they stand nowhere.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = unsafe utf8.withContiguousStorageIfAvailable(body) { return result }
    return unsafe Array(utf8).withUnsafeBufferPointer(body)
  }

  /// Whether both texts are the same UTF-8 bytes; `==` would accept canonically equal texts.
  public func hasSameBytes(as other: String) -> Bool {
    let count = utf8.count
    guard count == other.utf8.count else { return false }
    return unsafe withBytes { left in
      unsafe other.withBytes { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return unsafe memcmp(left, right, count) == 0
      }
    }
  }
}

extension [UInt8] {
  /// Appends a text's UTF-8 bytes.
  public mutating func append(utf8 text: String) {
    unsafe text.withBytes { unsafe append(contentsOf: $0) }
  }
}
