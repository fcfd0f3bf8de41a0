import Foundations

/// A manifest's lists of traces as JSON text.
///
/// They are nearly all of a manifest, so they are written once, directly, for the hash and for
/// storage: names and hashes need no escapes, and members stand in canonical order.
struct ManifestLists: Hashable, Sendable {
  /// The value of `items`.
  let items: [UInt8]
  /// The value of `trace_ids`.
  let traceIDs: [UInt8]

  init(_ list: [DatasetItem]) {
    var items = [UInt8(ascii: "[")]
    var ids = [UInt8(ascii: "[")]
    items.reserveCapacity(list.count * 256)
    ids.reserveCapacity(list.count * 40)
    for (place, item) in list.enumerated() {
      if place > 0 {
        items.append(UInt8(ascii: ","))
        ids.append(UInt8(ascii: ","))
      }
      Self.append(item, to: &items)
      Self.append(plain: item.traceID.text, to: &ids)
    }
    items.append(UInt8(ascii: "]"))
    ids.append(UInt8(ascii: "]"))
    (self.items, traceIDs) = (items, ids)
  }

  private static func append(_ item: DatasetItem, to bytes: inout [UInt8]) {
    bytes += "{\"category\":".utf8
    if let category = item.category {
      append(text: category, to: &bytes)
    } else {
      bytes += "null".utf8
    }
    bytes += ",\"content_hash\":".utf8
    append(plain: item.contentHash.hex, to: &bytes)
    bytes += ",\"group_key\":".utf8
    append(text: item.groupKey, to: &bytes)
    bytes += ",\"split\":".utf8
    append(plain: item.split.rawValue, to: &bytes)
    bytes += ",\"trace_id\":".utf8
    append(plain: item.traceID.text, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
  }

  /// A text without characters that JSON escapes.
  private static func append(plain text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes += text.utf8
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(text: String, to bytes: inout [UInt8]) {
    let isPlain = text.utf8.allSatisfy {
      $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if isPlain {
      append(plain: text, to: &bytes)
    } else {
      bytes += JSONValue.string(text).canonical
    }
  }
}
