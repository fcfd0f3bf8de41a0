/// Watches a growing text for stop strings, and holds back what may be the beginning of one.
///
/// Compares UTF-8 bytes, so canonically equal texts differ. Complexity: linear in the text for each
/// stop string's length.
struct StopMatcher: Sendable {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  private(set) var hasMatched = false

  /// A matcher at the start of a text; the strings must not be empty.
  init(_ stopStrings: [String]) {
    stops = stopStrings.map { Array($0.utf8) }
  }

  /// The text that is certain to stay, now that `piece` has come.
  ///
  /// Nothing comes from the stop string on; of several that are complete the one that begins first
  /// counts.
  mutating func append(_ piece: String) -> String {
    guard !stops.isEmpty else { return piece }
    guard !hasMatched else { return "" }
    held += Array(piece.utf8)
    let starts = held.indices
    if let start = starts.first(where: { start in stops.contains { holds($0, at: start) } }) {
      hasMatched = true
      defer { held = [] }
      return String(decoding: held[..<start], as: UTF8.self)
    }
    let start = starts.first { start in stops.contains { begins($0, at: start) } } ?? held.count
    defer { held.removeFirst(start) }
    return String(decoding: held[..<start], as: UTF8.self)
  }

  /// What was held back and turned out to be no stop string.
  mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  private func holds(_ stop: [UInt8], at start: Int) -> Bool { held[start...].starts(with: stop) }

  private func begins(_ stop: [UInt8], at start: Int) -> Bool {
    stop.starts(with: held[start...])
  }
}
