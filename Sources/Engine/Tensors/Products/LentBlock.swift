internal import Synchronization

/// Large scratch memory that is kept between products, so that its pages need not be made each time.
enum LentBlock {
  private static let free = Mutex<[FloatStorage]>([])

  /// Lends a block of `count` values; it holds whatever its last user left.
  static func with(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let kept = free.withLock { $0.popLast() }
    let block = kept.flatMap { $0.count >= count ? $0 : nil } ?? FloatStorage(count: count)
    unsafe body(block.base)
    free.withLock { $0.append(block) }
  }
}
