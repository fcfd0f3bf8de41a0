internal import COneDNN
internal import Synchronization

/// The number of threads that the engine's kernels use.
public enum Threads {
  private static let chosen = Atomic<Int>(0)

  /// The number in force: what was set, else what OpenMP offers (`OMP_NUM_THREADS`, else the cores).
  public static var count: Int {
    let value = chosen.load(ordering: .relaxed)
    return value > 0 ? value : max(1, Int(omp_get_max_threads()))
  }

  /// Sets the number for oneDNN and for our kernels; call it on the engine thread.
  public static func set(_ count: Int) {
    precondition(count > 0, "\(count) threads cannot compute")
    chosen.store(count, ordering: .relaxed)
    omp_set_num_threads(Int32(count))
  }
}

private struct ParallelContext {
  let body: (Int, Int) -> Void
}

/// Calls `body(thread, threads)` on every thread of oneDNN's own OpenMP team.
func onEveryThread(_ body: (_ thread: Int, _ threads: Int) -> Void) {
  let threads = Threads.count
  guard threads > 1 else { return body(0, 1) }
  withoutActuallyEscaping(body) { body in
    var context = ParallelContext(body: body)
    unsafe withUnsafeMutablePointer(to: &context) { pointer in
      unsafe GOMP_parallel(
        { raw in
          guard let raw = unsafe raw else { return }
          let context = unsafe raw.assumingMemoryBound(to: ParallelContext.self).pointee
          context.body(Int(omp_get_thread_num()), Int(omp_get_num_threads()))
        },
        pointer,
        UInt32(threads),
        0
      )
    }
  }
}

/// Splits `0..<count` in one contiguous range a thread, in order; small work stays on one thread.
///
/// Only for bodies whose rows do not depend on each other, so that the split cannot show.
func parallelRanges(_ count: Int, atLeast grain: Int = 1, _ body: (Range<Int>) -> Void) {
  guard count > 0 else { return }
  guard Threads.count > 1, count >= 2 * grain else { return body(0..<count) }
  onEveryThread { thread, threads in
    let low = count * thread / threads
    let high = count * (thread + 1) / threads
    if low < high { body(low..<high) }
  }
}

/// Hands out `0..<count` one by one to whichever thread is free; each thread has its own scratch
/// block of `scratch` values, whose contents are whatever the last task left.
func parallelTasks(
  _ count: Int,
  scratch: Int,
  _ body: (_ task: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
) {
  guard count > 0 else { return }
  let next = Atomic<Int>(0)
  func work() {
    let block = FloatStorage(count: scratch)
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      unsafe body(index, block.base)
    }
  }
  guard Threads.count > 1, count > 1 else { return work() }
  onEveryThread { _, _ in work() }
}
