import Foundations
import HTTPTypes

/// One page of a list: the predecessor's `limit` and `offset`, and a cursor beside them.
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

  static let cursor = Endpoint.Parameter.query(
    "cursor",
    .string(1...256).described("`next_cursor` of the page before; steady while rows are added")
  )

  /// One row more than asked for, which says whether there is a next page.
  var probeLimit: Int { limit + 1 }

  /// The answer for rows of which one more than `limit` was asked for.
  func reply(_ rows: [JSONValue], _ call: APICall) -> APIReply {
    let hasMore = rows.count > limit
    return reply(
      Array(rows.prefix(limit)),
      nextCursor: nil,
      nextOffset: hasMore ? offset + limit : nil,
      call
    )
  }

  /// The answer for the rows of a page whose successor is known; `Link` leads there (RFC 8288).
  func reply(
    _ rows: [JSONValue],
    nextCursor: String?,
    nextOffset: Int?,
    _ call: APICall
  ) -> APIReply {
    var reply = APIReply.json([
      "data": .array(rows),
      "pagination": [
        "limit": JSONValue(limit), "offset": JSONValue(offset),
        "next_offset": nextOffset.map { JSONValue($0) } ?? .null,
        "next_cursor": JSONValue(optional: nextCursor),
      ],
    ])
    if let nextCursor {
      reply.headers[.link] = "<\(call.address(replacing: ["cursor": nextCursor]))>; rel=\"next\""
    } else if let nextOffset {
      reply.headers[.link] =
        "<\(call.address(replacing: ["offset": "\(nextOffset)"]))>; rel=\"next\""
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
          .required("next_offset", .count.orNull), .required("next_cursor", .string.orNull),
        ])
      ),
    ])
  }
}

extension APICall {
  /// The address that was asked, with other values of some parameters; a cursor replaces an offset.
  func address(replacing values: [String: String]) -> String {
    let parts = target.split(separator: "?", maxSplits: 1)
    let kept = (parts.count > 1 ? parts[1] : "").split(separator: "&").filter { part in
      let name = String(part.prefix { $0 != "=" })
      return values[name] == nil && !(name == "offset" && values["cursor"] != nil)
    }
    let new = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return (parts.first.map(String.init) ?? "") + "?"
      + (kept.map(String.init) + new).joined(separator: "&")
  }
}
