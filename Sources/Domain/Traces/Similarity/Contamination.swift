public import Foundations

/// Finds texts that share a run of words with an evaluation item's prompt.
///
/// The measure is the part of an item's n-grams (runs of eight words) that a text has: 1 where it
/// holds the whole prompt. An item of fewer words is one run: it is found where the text holds
/// exactly its words in a row.
public struct Contamination: Sendable {
  /// A text that shares words with an item.
  public struct Match: Hashable, Sendable {
    /// The item's name.
    public let item: String
    /// The part of the item's n-grams that the text has, up to 1.
    public let overlap: Double
  }

  /// Words of an n-gram.
  public static let runWords = 8
  /// The overlap from which a text counts as contaminated, where nobody names another.
  public static let usualThreshold = 0.5

  private struct Item {
    let name: String
    let runCount: Int
    /// Words of its only run, where it is shorter than an n-gram.
    let words: Int
  }

  private let threshold: Double
  private var items: [Item] = []
  private var places: [UInt64: [Int32]] = [:]
  /// Lengths of runs that some item has.
  private var lengths: Set<Int> = []

  /// Learns the items' names and prompts; `threshold` is a part above 0, up to 1.
  public init(
    items: some Sequence<(name: String, prompt: String)>,
    threshold: Double = usualThreshold
  ) {
    self.threshold = threshold
    for (name, prompt) in items {
      let words = WordSequence([prompt])
      let runs = words.runs(of: Self.runWords)
      guard !runs.isEmpty else { continue }
      let length = min(words.hashes.count, Self.runWords)
      lengths.insert(length)
      for run in runs { places[run, default: []].append(Int32(self.items.count)) }
      self.items.append(Item(name: name, runCount: runs.count, words: length))
    }
  }

  /// How the search is done, for the record.
  public static func method(threshold: Double) -> JSONValue {
    [
      "name": "ngram-overlap", "version": 1, "words": JSONValue(runWords),
      "threshold": JSONValue(threshold),
    ]
  }

  /// The items that a trace's prompt shares enough with, the largest overlap first.
  public func matches(in trace: Trace) -> [Match] { matches(in: trace.prompt) }

  /// The items that a text shares enough with, the largest overlap first.
  public func matches(in text: String) -> [Match] {
    let words = WordSequence([text])
    var counts: [Int32: Int] = [:]
    for length in lengths where length <= words.hashes.count {
      for run in words.runs(of: length) {
        for place in places[run, default: []] where items[Int(place)].words == length {
          counts[place, default: 0] += 1
        }
      }
    }
    return counts.map { place, count in
      let item = items[Int(place)]
      return Match(item: item.name, overlap: Double(count) / Double(item.runCount))
    }
    .filter { $0.overlap >= threshold }
    .sorted { ($1.overlap, $0.item) < ($0.overlap, $1.item) }
  }
}
