import Foundations
import HTTPTypes

/// One page of a list: the predecessor's `limit` and `offset`.
struct Page {
  static let largest = 100

  let limit: Int
  let offset: Int

  init(_ call: APICall) {
    limit = call.int("limit") ?? 20
    offset = call.int("offset") ?? 0
  }

  static let parameters: [Endpoint.Parameter] = [
    .query(
      "limit",
      .integer(1...largest).defaulting(to: 20).described("the largest number of rows")
    ),
    .query(
      "offset",
      .integer(0...Int(Int32.max)).defaulting(to: 0).described("how many rows are passed over")
    ),
  ]

  /// One row more than asked for, which says whether there is a next page.
  var probeLimit: Int { limit + 1 }

  /// The answer for rows of which one more than `limit` was asked for.
  func reply(_ rows: [JSONValue], at path: String) -> APIReply {
    let hasMore = rows.count > limit
    let next: JSONValue = hasMore ? JSONValue(offset + limit) : .null
    var reply = APIReply.json([
      "data": .array(Array(rows.prefix(limit))),
      "pagination": [
        "limit": JSONValue(limit), "offset": JSONValue(offset), "next_offset": next,
      ],
    ])
    if hasMore {
      let mark = path.contains("?") ? "&" : "?"
      reply.headers[.link] =
        "<\(path)\(mark)limit=\(limit)&offset=\(offset + limit)>; rel=\"next\""
    }
    return reply
  }

  /// The shape of such an answer.
  static func schema(of row: Schema) -> Schema {
    .object([
      .required("data", .array(of: row)),
      .required(
        "pagination",
        .object([
          .required("limit", .count), .required("offset", .count),
          .required("next_offset", .count.orNull),
        ])
      ),
    ])
  }
}
