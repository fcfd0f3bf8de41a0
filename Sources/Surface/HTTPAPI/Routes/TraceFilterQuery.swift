import Foundations
import Traces
import Workspace

/// Which traces a request is about: the query's words that lists and searches share.
enum TraceFilterQuery {
  static let parameters: [Endpoint.Parameter] = [
    .query(
      "q",
      .string(1...Limits.searchCharacters).described(
        "words that must all occur, `\"phrases\"`, beginnings with `*`, `-word` for none of"
      )
    ),
    .repeatedQuery(
      "filter",
      Schema(.pattern(.matching("[^=]+=.*"))).described(
        "`key=value`: a top-level member of `meta` or of the trace, and the value that it must have"
      )
    ),
    .repeatedQuery(
      "tag",
      Schema.string(1...Limits.tagCharacters).described("only traces with this tag")
    ),
    .query(
      "archived",
      .choice(TraceFilter.Archived.allCases.map(\.rawValue)).defaulting(to: "without")
        .described("whether archived traces are among them")
    ),
    .query("created_from", .time.described("accepted at this time or later")),
    .query("created_before", .time.described("accepted before this time")),
  ]

  /// The filter that a call's query means.
  static func filter(of call: APICall) throws -> TraceFilter {
    let pairs = call.texts("filter").map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    return TraceFilter(
      facts: Dictionary(pairs) { _, last in last },
      search: try call.text("q").map(TraceSearch.init),
      tags: call.texts("tag"),
      archived: call.text("archived").flatMap(TraceFilter.Archived.init(rawValue:)) ?? .without,
      createdFrom: call.text("created_from").flatMap(Timestamp.date(from:)),
      createdBefore: call.text("created_before").flatMap(Timestamp.date(from:))
    )
  }
}
