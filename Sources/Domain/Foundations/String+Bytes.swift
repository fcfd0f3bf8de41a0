import Foundation

extension String {
  /// How many Unicode scalars the text has: the bytes that begin one.
  public var scalarCount: Int {
    let count = unsafe utf8.withContiguousStorageIfAvailable { bytes in
      var count = 0
      // Without a check for overflow the sum is taken many bytes at a time.
      for place in bytes.indices { count &+= unsafe bytes[place] & 0xC0 != 0x80 ? 1 : 0 }
      return count
    }
    return count ?? unicodeScalars.count
  }

  /// Whether both texts are the same UTF-8 bytes; `==` would accept canonically equal texts.
  public func hasSameBytes(as other: String) -> Bool {
    let count = utf8.count
    guard count == other.utf8.count else { return false }
    let isSame = unsafe utf8.withContiguousStorageIfAvailable { left in
      unsafe other.utf8.withContiguousStorageIfAvailable { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return unsafe memcmp(left, right, count) == 0
      }
    }
    return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
  }
}

extension [UInt8] {
  /// Appends a text's UTF-8 bytes.
  public mutating func append(utf8 text: String) {
    let isDone: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { buffer in
      unsafe append(contentsOf: buffer)
    }
    if isDone == nil { append(contentsOf: text.utf8) }
  }
}
