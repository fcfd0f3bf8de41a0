internal import COneDNN
internal import Foundation
internal import Synchronization

/// The threads that share a kernel's work with the thread that calls it.
///
/// Work is handed out task by task, so a helper that is late (its core may be busy with another process)
/// takes none, and the caller waits only for tasks that somebody has begun. Between two kernels
/// helpers look out for work for a moment (the next kernel mostly comes within microseconds), then sleep.
///
/// Where oneDNN computes the products (bf16), the tasks run on its own OpenMP team instead, because two
/// teams would compete for the same cores.
// Protected by `isBusy` (one caller at a time) and by `entrance`: the job is written only while it is closed
// and empty, and read only by those who came in while it was open.
@safe final class ThreadTeam: @unchecked Sendable {
  static let shared = ThreadTeam()

  private struct Job {
    let count: Int
    let body: (_ task: Int, _ scratch: ScratchBlock) -> Void
  }

  /// The job's number times 2^16, the open bit, and how many helpers are inside.
  private let entrance = Atomic<UInt64>(0)
  private let next = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let bell = NSCondition()
  private var job: UnsafeMutablePointer<Job>?
  private var blocks = [ScratchBlock()]

  private static let openBit: UInt64 = 1 << 15
  private static let insideMask: UInt64 = openBit - 1
  private static let oneJob: UInt64 = 1 << 16
  /// How often a helper looks for work before it starts to yield its core, and before it sleeps.
  private static let eagerLooks = 2_000
  private static let looks = 20_000

  /// Runs `body` for every task in `0..<count`, on up to `Threads.count` threads, each with scratch memory.
  ///
  /// A call from a second thread, or from inside a task, runs on its own thread alone.
  func run(_ count: Int, _ body: (_ task: Int, _ scratch: ScratchBlock) -> Void) {
    guard count > 0 else { return }
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else {
      let block = ScratchBlock()
      for task in 0..<count { body(task, block) }
      return
    }
    defer { isBusy.store(false, ordering: .releasing) }
    let threads = min(Threads.count, count)
    guard threads > 1 else {
      for task in 0..<count { body(task, blocks[0]) }
      return
    }
    while blocks.count < threads { blocks.append(ScratchBlock()) }
    withoutActuallyEscaping(body) { body in
      var job = Job(count: count, body: body)
      unsafe withUnsafeMutablePointer(to: &job) { unsafe share($0, threads: threads) }
    }
  }

  private func share(_ pointer: UnsafeMutablePointer<Job>, threads: Int) {
    unsafe job = unsafe pointer
    next.store(0, ordering: .relaxed)
    guard !Processor.current.hasBF16 else { return shareWithLibrary(threads) }
    start(threads - 1)
    entrance.add(Self.oneJob | Self.openBit, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      bell.lock()
      bell.broadcast()
      bell.unlock()
    }
    work(0)
    entrance.subtract(Self.openBit, ordering: .acquiringAndReleasing)
    var looks = 0
    while entrance.load(ordering: .acquiring) & Self.insideMask != 0 {
      looks += 1
      if looks > Self.eagerLooks { sched_yield() }
    }
  }

  private func work(_ thread: Int) {
    guard let job = unsafe job else { return }
    let block = blocks[thread]
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if unsafe task >= job.pointee.count { return }
      unsafe job.pointee.body(task, block)
    }
  }

  private func shareWithLibrary(_ threads: Int) {
    let this = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe GOMP_parallel(
      { raw in
        guard let raw = unsafe raw else { return }
        unsafe Unmanaged<ThreadTeam>.fromOpaque(raw).takeUnretainedValue().work(
          Int(omp_get_thread_num())
        )
      },
      unsafe this,
      UInt32(threads),
      0
    )
  }

  private var helpers = 0

  private func start(_ count: Int) {
    while helpers < count {
      helpers += 1
      let thread = helpers
      // Helpers live as long as the program, like an OpenMP team: there is nobody to wait for them.
      let helper = Thread { self.help(thread) }
      helper.name = "kernel \(thread)"
      helper.start()
    }
  }

  private func help(_ thread: Int) {
    var done: UInt64 = 0
    var looks = 0
    while true {
      let seen = entrance.load(ordering: .acquiring)
      let isNew = seen & Self.openBit != 0 && seen / Self.oneJob != done
      if isNew,
        entrance.compareExchange(
          expected: seen,
          desired: seen + 1,
          ordering: .acquiringAndReleasing
        ).exchanged
      {
        done = seen / Self.oneJob
        work(thread)
        entrance.subtract(1, ordering: .releasing)
        looks = 0
      } else if looks < Self.eagerLooks {
        looks += 1
      } else if looks < Self.looks {
        looks += 1
        sched_yield()
      } else {
        sleep(unlessOpenSince: done)
        looks = 0
      }
    }
  }

  private func sleep(unlessOpenSince done: UInt64) {
    bell.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    let seen = entrance.load(ordering: .sequentiallyConsistent)
    if seen & Self.openBit == 0 || seen / Self.oneJob == done { bell.wait() }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    bell.unlock()
  }
}

/// Memory that one thread uses during one task; it grows and is kept.
// Protected by the team: a block belongs to one thread at a time.
@safe final class ScratchBlock: @unchecked Sendable {
  private var storage = FloatStorage(count: 0)

  /// Room for `count` values, 64-byte aligned, holding whatever the last task left.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    if storage.count < count { storage = FloatStorage(count: count) }
    return unsafe storage.base
  }
}
