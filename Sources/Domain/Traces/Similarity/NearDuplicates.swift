public import Foundations

/// Finds texts that say nearly the same: MinHash over shingles, banded, then verified.
///
/// A text is the set of its shingles, runs of three words. Its sketch is the least of each of 128
/// hash functions over the set; two sketches agree at a place with the probability of their sets'
/// Jaccard similarity (Broder, "On the resemblance and containment of documents", 1997). Texts that
/// agree in one of 32 bands of four places are candidates; a pair is reported where the true
/// similarity of its sets reaches the threshold. A pair of similarity 0.8 is a candidate with
/// probability 1 − (1 − 0.8⁴)³² > 0.999 999. The result depends on the texts' order only in which of
/// two is called the earlier one.
public struct NearDuplicates: Sendable {
  /// Two texts that are nearly the same.
  public struct Pair: Hashable, Sendable {
    /// The place of the earlier one.
    public let first: Int
    /// The place of the later one.
    public let second: Int
    /// The Jaccard similarity of their shingles, up to 1.
    public let similarity: Double
  }

  /// Words of a shingle.
  public static let shingleWords = 3
  /// The similarity from which texts count as near duplicates, where nobody names another.
  public static let usualThreshold = 0.8

  private static let bands = 32
  private static let rows = 4
  /// Candidates of one text in one band: a band that thousands share says nothing.
  private static let bandCandidates = 64

  private let threshold: Double
  private var shingles: [[UInt64]] = []
  private var buckets: [[UInt64: [Int32]]]
  /// The pairs found so far, by the later text's place.
  public private(set) var pairs: [Pair] = []

  /// Begins without texts; `threshold` is a similarity above 0, up to 1.
  public init(threshold: Double = usualThreshold) {
    self.threshold = threshold
    buckets = Array(repeating: [:], count: Self.bands)
  }

  /// How the search is done, for the record.
  public static func method(threshold: Double) -> JSONValue {
    [
      "name": "minhash", "version": 1, "shingle_words": JSONValue(shingleWords),
      "hash_functions": JSONValue(bands * rows), "bands": JSONValue(bands),
      "threshold": JSONValue(threshold),
    ]
  }

  /// Looks for earlier texts that are nearly this one, and takes it up.
  public mutating func add(_ sketch: TextSketch) {
    let place = shingles.count
    var candidates: Set<Int32> = []
    for band in 0..<Self.bands where !sketch.shingles.isEmpty {
      let key = sketch.bands[band]
      let known = buckets[band][key, default: []]
      candidates.formUnion(known)
      if known.count < Self.bandCandidates { buckets[band][key, default: []].append(Int32(place)) }
    }
    for candidate in candidates.sorted() {
      let similarity = Self.similarity(shingles[Int(candidate)], sketch.shingles)
      guard similarity >= threshold else { continue }
      pairs.append(Pair(first: Int(candidate), second: place, similarity: similarity))
    }
    shingles.append(sketch.shingles)
  }

  /// The Jaccard similarity of two sorted sets.
  static func similarity(_ left: [UInt64], _ right: [UInt64]) -> Double {
    var (i, j, common) = (0, 0, 0)
    while i < left.count, j < right.count {
      if left[i] == right[j] {
        common += 1
        i += 1
        j += 1
      } else if left[i] < right[j] {
        i += 1
      } else {
        j += 1
      }
    }
    let all = left.count + right.count - common
    return all == 0 ? 0 : Double(common) / Double(all)
  }
}

/// What a text is compared by: made on any thread.
public struct TextSketch: Hashable, Sendable {
  /// The text's shingles, sorted.
  let shingles: [UInt64]
  /// One number for each band of the sketch.
  let bands: [UInt64]

  /// Sketches a trace: prompt, steps and answer.
  public init(of trace: Trace) {
    self.init([trace.prompt] + trace.steps.map(\.content) + [trace.finalAnswer])
  }

  /// Sketches a text of several parts.
  public init(_ texts: [String]) {
    let shingles = WordSequence(texts).runs(of: NearDuplicates.shingleWords).sorted()
    self.shingles = shingles
    // Factor by factor, so that each least value stays in a register.
    let least = Self.factors.map { factor in
      var least = UInt64.max
      for shingle in shingles {
        // Multiply-shift: an odd factor permutes the 64-bit numbers, the upper half is well mixed.
        least = min(least, (shingle &* factor) ^ (shingle >> 32))
      }
      return least
    }
    bands = stride(from: 0, to: least.count, by: 4).map { start in
      least[start..<start + 4].reduce(0) { scrambled($0 &+ $1) }
    }
  }

  private static let factors: [UInt64] = (1...128).map {
    scrambled(UInt64($0) &* 0x9E37_79B9_7F4A_7C15) | 1
  }
}
