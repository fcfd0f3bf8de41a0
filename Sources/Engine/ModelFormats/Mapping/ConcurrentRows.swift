import Dispatch

/// Fills a matrix of floats by rows, on all cores when it is large.
///
/// Every row is written by exactly one thread, and what is written does not depend on the number
/// of threads.
enum ConcurrentRows {
  /// Below this many values one thread is faster than waking the others (about 50 µs of work).
  static let smallestChunk = 65_536

  /// Calls `body` with disjoint ranges of rows that together are `0..<rows`, and the place of each.
  ///
  /// With `rowByRow` every range is one row.
  static func fill(
    _ destination: inout MutableSpan<Float>,
    rows: Int,
    columns: Int,
    rowByRow: Bool = false,
    _ body: @Sendable (Range<Int>, inout MutableSpan<Float>) -> Void
  ) {
    precondition(destination.count == rows * columns, "a destination of another size")
    let chunks = max(1, min(rows, destination.count / smallestChunk))
    unsafe destination.withUnsafeMutableBufferPointer { buffer in
      // Every chunk writes its own rows of the buffer, and the call outlives all of them.
      nonisolated(unsafe) let buffer = unsafe buffer
      @Sendable func fillRange(_ range: Range<Int>) {
        let slice = unsafe buffer[range.lowerBound * columns..<range.upperBound * columns]
        let part = unsafe UnsafeMutableBufferPointer(rebasing: slice)
        var span = unsafe MutableSpan(_unsafeElements: part)
        body(range, &span)
      }
      @Sendable func fillChunk(_ chunk: Int) {
        let range = rows * chunk / chunks..<rows * (chunk + 1) / chunks
        guard rowByRow else { return fillRange(range) }
        for row in range { fillRange(row..<row + 1) }
      }
      if chunks == 1 {
        fillChunk(0)
      } else {
        DispatchQueue.concurrentPerform(iterations: chunks, execute: fillChunk)
      }
    }
  }
}

extension Array where Element == Float {
  /// An array of `count` floats that `fill` writes, without a first pass of zeros.
  ///
  /// `fill` must write every element.
  init<Failure: Error>(
    count: Int,
    filledBy fill: (inout MutableSpan<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    try unsafe self.init(unsafeUninitializedCapacity: count) {
      (buffer, initialized) throws(Failure) in
      let part = unsafe UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
      var span = unsafe MutableSpan(_unsafeElements: part)
      try fill(&span)
      initialized = count
    }
  }
}
