/// Which beginnings several prompts have in common, and in which order all is worked on.
///
/// A value that decides, and knows nothing of models.
struct PrefixPlan: Sendable {
  /// A beginning that is computed once; `parent`'s tokens are its first.
  struct Prefix: Sendable, Equatable {
    /// A request whose prompt begins with it.
    let example: Int
    /// Its tokens, those of its parent included.
    let count: Int
    /// The longest other prefix that it begins with.
    let parent: Int?
    /// How many requests and prefixes go on from it.
    var users = 0
  }

  /// One piece of work.
  enum Entry: Sendable, Equatable {
    case prefix(Int)
    case request(Int)
  }

  /// Fewer common tokens than this are not worth a wait: a request begins one step after its
  /// prefix.
  static let minimum = 16

  private(set) var prefixes: [Prefix] = []
  /// Prefixes before what goes on from them; otherwise what the first of the requests needs first.
  private(set) var order: [Entry] = []
  /// The longest prefix of each request.
  private(set) var base: [Int?]

  /// A plan without sharing: the requests in their order.
  init(requestCount: Int) {
    base = Array(repeating: nil, count: requestCount)
    order = (0..<requestCount).map(Entry.request)
  }

  /// A plan for prompts of adapters, given as small numbers; prompts share within an adapter only.
  ///
  /// The last token of a prompt is never shared, because its row is what the answer begins from.
  /// Complexity: n log n comparisons of prompts.
  init(prompts: [[Int32]], adapters: [Int], minimum: Int = Self.minimum) {
    base = Array(repeating: nil, count: prompts.count)
    var builder = Builder(prompts: prompts, minimum: minimum, base: base)
    let groups = Dictionary(grouping: prompts.indices) { adapters[$0] }
    var works: [Work] = []
    for indices in groups.values {
      let sorted = indices.sorted { a, b in
        prompts[a] == prompts[b] ? a < b : prompts[a].lexicographicallyPrecedes(prompts[b])
      }
      works += builder.works(sorted, shared: 0, parent: nil)
    }
    order = Self.joined(works)
    (prefixes, base) = (builder.prefixes, builder.base)
  }

  /// Some entries that belong together, and the first request among them.
  private struct Work {
    let first: Int
    let entries: [Entry]
  }

  private static func joined(_ works: [Work]) -> [Entry] {
    works.sorted { $0.first < $1.first }.flatMap(\.entries)
  }

  private struct Builder {
    let prompts: [[Int32]]
    let minimum: Int
    var base: [Int?]
    var prefixes: [Prefix] = []

    /// Splits sorted requests, whose prompts have `shared` tokens in common, where neighbours have
    /// less than `minimum` more.
    mutating func works(_ sorted: [Int], shared: Int, parent: Int?) -> [Work] {
      var works: [Work] = []
      var start = 0
      var least = Int.max
      for index in sorted.indices {
        let next = index + 1 < sorted.count ? common(sorted[index], sorted[index + 1]) : 0
        if index + 1 < sorted.count, next >= shared + minimum {
          least = min(least, next)
          continue
        }
        works.append(work(Array(sorted[start...index]), shared: least, parent: parent))
        (start, least) = (index + 1, .max)
      }
      return works
    }

    private mutating func work(_ members: [Int], shared: Int, parent: Int?) -> Work {
      if let parent { prefixes[parent].users += 1 }
      guard members.count > 1 else {
        base[members[0]] = parent
        return Work(first: members[0], entries: [.request(members[0])])
      }
      let index = prefixes.count
      prefixes.append(Prefix(example: members[0], count: shared, parent: parent))
      let inner = works(members, shared: shared, parent: index)
      return Work(
        first: members.min() ?? members[0],
        entries: [.prefix(index)] + PrefixPlan.joined(inner)
      )
    }

    /// How many tokens two prompts have in common, their last ones aside.
    private func common(_ a: Int, _ b: Int) -> Int {
      let limit = min(prompts[a].count, prompts[b].count) - 1
      var count = 0
      while count < limit, prompts[a][count] == prompts[b][count] { count += 1 }
      return count
    }
  }
}
