import Access
import Datasets
import Foundations
import HTTPTypes
import Traces
import Workspace

/// Searches among the stored traces for near duplicates and for what evaluation sets ask, with the
/// words of `tunix-rt trace duplicates` and `trace contamination`.
///
/// Each looks at a bounded number of the newest traces, and one of them runs at a time.
enum TraceSimilarityRoutes {
  static func endpoints(_ turn: SearchTurn) -> [Endpoint] {
    [duplicates(turn), contamination(turn)]
  }

  /// The most traces that one request looks at; the command line goes on where this ends.
  private static let mostTraces = 10_000
  private static let mostItems = 1_000
  private static let mostFindings = 1_000

  private static func parameters(threshold: Double, _ text: String) -> [Endpoint.Parameter] {
    [
      .query(
        "threshold",
        Schema(.number(minimum: 0.01, maximum: 1)).defaulting(to: JSONValue(threshold))
          .described(text)
      ),
      .query(
        "limit",
        .integer(1...mostTraces).defaulting(to: 1_000)
          .described("how many of the newest traces are looked at")
      ),
    ] + TraceFilterQuery.parameters
  }

  private static let report = Schema.object([
    .required("trace_count", .count.described("how many traces were looked at")),
    .required("complete", .boolean.described("whether no older ones pass the filters")),
    .required("method", .freeObject),
    .required("finding_count", .count),
    .required(
      "findings",
      Schema.array(
        of: .object([
          .required("trace_id", .uuid), .required("other", .string),
          .required("similarity", .number),
        ]),
        0...mostFindings
      ).described("the first \(mostFindings) of them")
    ),
  ]).named("TraceFindings")

  private static func duplicates(_ turn: SearchTurn) -> Endpoint {
    Endpoint(
      method: .get,
      path: "/api/traces/duplicates",
      chapter: .traces,
      summary: "Traces that say nearly the same as an earlier one",
      scope: .read,
      parameters: parameters(
        threshold: NearDuplicates.usualThreshold,
        "the similarity from which two traces count"
      ),
      replies: [.json("The pairs: a trace, and the earlier one", report)]
    ) { call in
      let filter = try TraceFilterQuery.filter(of: call)
      let found = try turn.take {
        try call.services.workspace.traces.duplicates(
          filter,
          threshold: call.number("threshold") ?? NearDuplicates.usualThreshold,
          limit: call.int("limit") ?? mostTraces
        )
      }
      return .json(found.findings.json(limit: mostFindings))
    }
  }

  private static func contamination(_ turn: SearchTurn) -> Endpoint {
    Endpoint(
      method: .post,
      path: "/api/traces/contamination",
      chapter: .traces,
      summary: "Traces whose prompts share runs of words with questions that are kept for judging",
      scope: .read,
      parameters: parameters(
        threshold: Contamination.usualThreshold,
        "the part of a question's runs of eight words from which a trace counts"
      ),
      body: .init(kind: .checked, schema: questions),
      replies: [.json("The traces, each with a question", report)],
      problems: [.notFound]
    ) { call in
      let items = try items(of: call)
      let filter = try TraceFilterQuery.filter(of: call)
      let found = try turn.take {
        try call.services.workspace.traces.contamination(
          by: items,
          in: filter,
          threshold: call.number("threshold") ?? Contamination.usualThreshold,
          limit: call.int("limit") ?? mostTraces
        )
      }
      return .json(found.findings.json(limit: mostFindings))
    }
  }

  private static let questions = Schema.object([
    .optional("evaluation_set", Schema.string(1...256).described("the name of a stored set")),
    .optional(
      "items",
      Schema.array(
        of: .object(
          [
            .optional("id", .string(1...256)),
            .required("prompt", .string(1...Limits.tracePromptCharacters)),
          ],
          others: .kept
        ),
        1...mostItems
      ).described("questions of your own, instead of a set")
    ),
  ])

  private static func items(of call: APICall) throws -> [(name: String, prompt: String)] {
    switch (call.json["evaluation_set"]?.string, call.json["items"]?.array) {
    case (let name?, nil):
      let set = try call.services.workspace.evaluationSets.show(name)
      return set.items.map { (name: $0.id, prompt: $0.prompt) }
    case (nil, let items?):
      return items.enumerated().map { place, item in
        let name = item["id"]?.string ?? "item \(place + 1)"
        return (name: name, prompt: item["prompt"]?.string ?? "")
      }
    default: throw APIProblem(pointer: "", "expected either evaluation_set or items")
    }
  }
}
