public import Foundation
package import Foundations

/// Which traces a list is about.
public struct TraceFilter: Hashable, Sendable {
  /// How the archive flag is treated.
  public enum Archived: String, Hashable, Sendable, CaseIterable {
    /// Archived traces are left out.
    case without
    /// Only archived traces.
    case only
    /// The flag does not matter.
    case all
  }

  /// Values that facts must have, all of them: scalar top-level members of `meta`, or of the trace.
  public var facts: [String: String]
  /// Words and phrases that must occur.
  public var search: TraceSearch?
  /// Tags that a trace must carry, all of them.
  public var tags: [String]
  /// How the archive flag is treated.
  public var archived: Archived
  /// The earliest time at which a trace was accepted.
  public var createdFrom: Date?
  /// The time before which a trace was accepted.
  public var createdBefore: Date?

  /// Makes a filter; without any condition it passes every trace that is not archived.
  public init(
    facts: [String: String] = [:],
    search: TraceSearch? = nil,
    tags: [String] = [],
    archived: Archived = .without,
    createdFrom: Date? = nil,
    createdBefore: Date? = nil
  ) {
    self.facts = facts
    self.search = search
    self.tags = tags
    self.archived = archived
    self.createdFrom = createdFrom
    self.createdBefore = createdBefore
  }

  /// The search and the facts as one expression of SQLite's FTS5; nil where there are none.
  package var matchExpression: String? {
    let tokens = facts.sorted { $0.key < $1.key }.map { key, value in
      "\"\(FactToken.text(key: key, value: value))\""
    }
    var all = tokens.joined(separator: " AND ")
    guard let search else { return all.isEmpty ? nil : all }
    if !all.isEmpty { all += " AND " }
    return all + "(\(search.matchExpression))"
  }

  /// What finds every trace that has a member of this name and value in `meta`, among others, in
  /// the search index; nil where the index does not know all of them.
  ///
  /// Lists, objects and long texts have no token. Numbers that are the same value have the same
  /// token only where they are whole and exact as a double.
  package static func matchExpression(ofMeta member: JSONValue.Member) -> String? {
    if case .number(let number) = member.value {
      guard let whole = number.int64, whole.magnitude < largestExactInteger else { return nil }
    }
    guard let text = member.value.factText, text.utf8.count <= Trace.longestFactBytes else {
      return nil
    }
    return "\"\(FactToken.text(key: member.key, value: text))\""
  }

  /// 2^53: from here on a double may stand for several integers.
  private static let largestExactInteger: UInt64 = 9_007_199_254_740_992

  /// Whether a trace that the index found truly has the facts and the phrases.
  package func accepts(_ trace: Trace) -> Bool {
    trace.has(facts: facts) && search?.accepts(trace) ?? true
  }

  /// A text that differs between filters: what a cursor belongs to.
  package var scope: String {
    var parts = facts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    parts.append("q:" + (search?.text ?? ""))
    parts += tags.sorted().map { "t:\($0)" }
    parts.append(archived.rawValue)
    parts.append("\(createdFrom?.timeIntervalSince1970 ?? 0)")
    parts.append("\(createdBefore?.timeIntervalSince1970 ?? 0)")
    return parts.joined(separator: "\u{1F}")
  }
}
