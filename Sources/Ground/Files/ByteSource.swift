/// A file read in pieces of bounded size; it owns the open descriptor.
struct ByteSource: ~Copyable {
  private static let bufferBytes = 1 << 18

  let path: String
  private let descriptor: Int32
  private(set) var buffer = [UInt8](repeating: 0, count: ByteSource.bufferBytes)
  /// The part of `buffer` that was read from the file but not given out.
  var unread = 0..<0
  /// Bytes read from the file so far.
  private(set) var readBytes = 0

  init(path: String) throws(FileError) {
    self.path = path
    descriptor = try SystemCalls.openForReading(path)
  }

  /// Takes standard input, which stays open afterwards.
  init(standardInput: ()) throws(FileError) {
    path = "standard input"
    descriptor = try SystemCalls.duplicate(0, path: path)
  }

  deinit {
    SystemCalls.closeFile(descriptor)
  }

  /// Reads on if everything was given out; false at the end of the file.
  mutating func fill() throws(FileError) -> Bool {
    guard unread.isEmpty else { return true }
    let count = try SystemCalls.read(descriptor, into: &buffer, path: path)
    unread = 0..<count
    readBytes += count
    return count > 0
  }

  /// Gives out the unread bytes before `byte`, all of them where it is not among them, and says
  /// whether it was; the byte itself is passed over.
  mutating func take(before byte: UInt8, into line: inout [UInt8]) -> Bool {
    let end = unsafe buffer.withUnsafeBufferPointer { bytes in
      unsafe bytes[unread].firstIndex(of: byte)
    }
    line += buffer[unread.lowerBound..<(end ?? unread.upperBound)]
    unread = (end.map { $0 + 1 } ?? unread.upperBound)..<unread.upperBound
    return end != nil
  }

  /// The bytes of the next line without its end, or nil at the end of the file.
  ///
  /// A line of more than `limitBytes` is passed over as a whole before that is thrown.
  mutating func line(number: Int, limitBytes: Int) throws(FileError) -> [UInt8]? {
    var line: [UInt8] = []
    var isTooLong = false
    var hasBytes = false
    while try fill() {
      hasBytes = true
      let isEnd = take(before: 0x0A, into: &line)
      if line.count > limitBytes + 1 {
        isTooLong = true
        line.removeAll()
      }
      if isEnd { break }
    }
    guard hasBytes else { return nil }
    if line.last == 0x0D { line.removeLast() }
    guard !isTooLong, line.count <= limitBytes else {
      throw .lineTooLong(path: path, line: number, limitBytes: limitBytes)
    }
    return line
  }
}
