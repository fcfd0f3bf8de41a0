internal import Foundation

// Protected by the engine's rule that one thread calls kernels at a time; a kernel's own threads write disjoint rows.
/// A block of float32 values, 64-byte aligned and zeroed when it is made.
///
/// The engine's kernels work in place on such blocks. A block is shared by every `Matrix` that views
/// it; nobody but the engine thread touches one while a kernel runs.
@safe public final class FloatStorage: @unchecked Sendable {
  /// The number of values.
  public let count: Int
  @usableFromInline let base: UnsafeMutablePointer<Float>
  // Vector loads may read past the last value, never past this slack.
  private static let slack = 64
  private static let hugePageBytes = 2 << 20

  /// Makes a block of `count` zeros.
  public convenience init(count: Int) {
    self.init(count: count, prefersHugePages: false)
  }

  /// Makes a block of `count` zeros, on huge pages if asked for and where the system has them.
  init(count: Int, prefersHugePages: Bool) {
    precondition(count >= 0, "a block of \(count) values cannot exist")
    self.count = count
    let bytes = (count + Self.slack) * MemoryLayout<Float>.stride
    let isLarge = prefersHugePages && bytes >= Self.hugePageBytes
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes,
      alignment: isLarge ? Self.hugePageBytes : 64
    )
    #if os(Linux)
    // Advice only: where it is not taken the block lies on small pages.
    if isLarge { _ = unsafe madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    unsafe base = raw.assumingMemoryBound(to: Float.self)
  }

  deinit {
    unsafe UnsafeMutableRawPointer(base).deallocate()
  }

  /// Copies the values from `offset` on into a span, as many as it holds.
  public func copy(from offset: Int, into destination: inout MutableSpan<Float>) {
    let count = destination.count
    precondition(offset >= 0 && offset + count <= self.count, "values past the block's end")
    for index in 0..<count { unsafe destination[index] = base[offset + index] }
  }

  /// Calls `body` with some of the values as a span that may be written, for filling from a file.
  public func withMutableSpan<Result>(
    _ range: Range<Int>? = nil,
    _ body: (inout MutableSpan<Float>) throws -> Result
  ) rethrows -> Result {
    let part = range ?? 0..<count
    precondition(part.lowerBound >= 0 && part.upperBound <= count, "values \(part) of \(count)")
    var span = unsafe MutableSpan<Float>(_unsafeStart: base + part.lowerBound, count: part.count)
    return try body(&span)
  }
}
