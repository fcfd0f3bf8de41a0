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

/// Splits `0..<count` in one contiguous range a thread, in order; small work stays on one thread.
///
/// Only for bodies whose rows do not depend on each other, so that the split cannot show.
func parallelRanges(_ count: Int, atLeast grain: Int = 1, _ body: (Range<Int>) -> Void) {
  guard count > 0 else { return }
  let threads = min(Threads.count, max(1, count / max(grain, 1)))
  guard threads > 1 else { return body(0..<count) }
  ThreadTeam.shared.run(threads) { part, _ in
    body(count * part / threads..<count * (part + 1) / threads)
  }
}

/// Hands out `0..<count` one by one to whichever thread is free; each thread has its own scratch
/// block of `scratch` values, whose contents are whatever the last task left.
func parallelTasks(
  _ count: Int,
  scratch: Int,
  _ body: (_ task: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
) {
  ThreadTeam.shared.run(count) { task, block in unsafe body(task, block.floats(scratch)) }
}
