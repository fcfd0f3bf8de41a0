import Foundation
import Foundations

/// When a verb is killed, again and again: every other time anywhere before its work is done,
/// and in between close to the moment where that becomes lasting.
///
/// That moment is learned: it is put off where a late kill came too early, and brought forward to
/// where a kill found the work done.
struct KillSchedule {
  /// How often: a hundred times, or as `TUNIX_RT_TEST_KILLS` says.
  static let kills =
    ProcessInfo.processInfo.environment["TUNIX_RT_TEST_KILLS"].flatMap { Int($0) } ?? 100

  /// Kills that must come before the end for a test to show anything; the rest is up to the machine.
  static var leastLost: Int { kills / 4 }

  /// Kills after which the work was not there.
  private(set) var lostCount = 0
  /// Kills after which it was there, or that came too late.
  private(set) var keptCount = 0

  private var stream = RandomStream(seed: UInt64(kills), name: "kills")
  private var moment: Double
  private var isLate = false
  private var delay = 0

  /// A schedule for a verb that takes so long.
  init(milliseconds: Int) {
    moment = 0.9 * Double(max(milliseconds, 4))
  }

  /// The next delay in milliseconds.
  mutating func next() -> Int {
    isLate.toggle()
    delay = stream.int(in: Int(isLate ? 0.95 * moment : 0)...Int(moment))
    return delay
  }

  /// Learns whether the work was there after the kill.
  mutating func note(isKept: Bool) {
    if isKept { keptCount += 1 } else { lostCount += 1 }
    if isKept {
      moment = max(4, min(0.95 * moment, Double(delay)))
    } else if isLate {
      moment *= 1.04
    }
  }
}
