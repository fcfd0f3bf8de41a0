public import Foundations

/// A fixed list of questions with their right answers; it never changes under its name.
public struct EvaluationSet: Hashable, Sendable {
  /// The set's name, 1 to 64 letters, digits, dots, hyphens or underscores.
  public let name: String
  /// The questions in order.
  public let items: [EvaluationItem]
  /// The sha256 of the canonical list of items.
  public let contentHash: ContentHash

  /// Makes a set; throws on a name that is none, and on no or too many items.
  public init(name: String, items: [EvaluationItem]) throws(DatasetError) {
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte),
      name.utf8.first != UInt8(ascii: ".")
    else {
      throw .invalidName(
        field: "evaluation set",
        found: name,
        expected: "1 to 64 letters, digits, dots, hyphens or underscores, the first not a dot"
      )
    }
    guard (1...Limits.evaluationItems).contains(items.count) else {
      throw .evaluationSetSize(name: name, found: items.count, maximum: Limits.evaluationItems)
    }
    self.init(checkedName: name, items: items)
  }

  /// A set whose name and size were checked, such as a built-in one.
  init(checkedName name: String, items: [EvaluationItem]) {
    self.name = name
    self.items = items
    contentHash = ContentHash(ofCanonical: .array(items.map(\.json)))
  }

  /// The sets that the product brings.
  public static let builtIn = [evalV1, evalV2]

  /// How many items there are of each kind: by category, difficulty and section, names in order.
  public var counts: JSONValue {
    [
      "category": counts(\.category), "difficulty": counts(\.difficulty),
      "section": counts(\.section),
    ]
  }

  /// Name, size, hash and composition.
  public var summary: JSONValue {
    [
      "name": .string(name), "item_count": JSONValue(items.count),
      "content_hash": .string(contentHash.hex), "counts": counts,
    ]
  }

  private func counts(_ member: KeyPath<EvaluationItem, String?>) -> JSONValue {
    let groups = Dictionary(grouping: items.compactMap { $0[keyPath: member] }) { $0 }
    return .object(
      groups.sorted { $0.key < $1.key }
        .map { JSONValue.Member(key: $0.key, value: JSONValue($0.value.count)) }
    )
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
