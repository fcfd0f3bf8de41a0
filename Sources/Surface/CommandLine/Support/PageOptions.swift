import ArgumentParser
import Foundations

/// The options of every list.
struct PageOptions: ParsableArguments {
  @Option(help: "The largest number of rows.")
  var limit = 20

  @Option(help: "How many of the newest are passed over.")
  var offset = 0

  func validate() throws {
    guard (1...Limits.largestPageRows).contains(limit) else {
      throw ValidationError("--limit takes 1 to \(Limits.largestPageRows)")
    }
    guard offset >= 0 else { throw ValidationError("--offset takes 0 or more") }
  }

  /// Says what a list does not show; empty where it shows everything.
  func footer(shown: Int, of total: Int) -> String {
    shown == total ? "" : "\n\n\(shown) of \(total); see more with --limit and --offset"
  }
}
