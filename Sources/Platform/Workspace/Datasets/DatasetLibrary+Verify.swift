import Datasets
public import Foundations
import Persistence
import Traces

extension DatasetLibrary {
  /// Hashes a dataset's manifest and every one of its traces anew.
  public func verify(_ key: String) throws -> DatasetVerification {
    let dataset = try show(key)
    var findings: [String] = []
    var position = 0
    while position < dataset.items.count {
      let items = dataset.items[position...].prefix(Limits.datasetPageTraces)
      findings += try inspect(Array(items), in: key, from: position)
      position += items.count
    }
    return DatasetVerification(
      datasetKey: key,
      contentHash: dataset.contentHash,
      traceCount: dataset.traceCount,
      findings: findings
    )
  }

  /// What is wrong with some items; a page that cannot be read is looked at trace by trace.
  private func inspect(
    _ items: [DatasetItem],
    in key: String,
    from position: Int
  ) throws -> [String] {
    let rows = try? database.page(of: key, in: nil, from: position, limit: items.count)
    guard let rows, rows.map(\.traceID) == items.map(\.traceID) else {
      return items.compactMap(finding)
    }
    return zip(items, rows).compactMap { item, row in
      if row.split != item.split || row.frozenHash != item.contentHash {
        return "row \(row.position): the list of rows is not what the manifest says"
      }
      do {
        _ = try row.frozenTrace()
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  /// What is wrong with one item's trace; nil where all is as it was frozen.
  private func finding(about item: DatasetItem) -> String? {
    do {
      guard let stored = try database.trace(item.traceID) else {
        return DatasetError.traceMissing(id: item.traceID.text).description
      }
      let found = stored.trace.contentHash
      guard found != item.contentHash else { return nil }
      return DatasetError.traceChanged(
        id: item.traceID.text,
        expected: item.contentHash.hex,
        found: found.hex
      ).description
    } catch {
      return "trace \(item.traceID): \(error)"
    }
  }
}

/// What the check of a dataset found.
public struct DatasetVerification: Hashable, Sendable {
  /// The dataset's key.
  public let datasetKey: String
  /// The hash of the manifest's content.
  public let contentHash: ContentHash
  /// How many traces were hashed.
  public let traceCount: Int
  /// What is wrong, one sentence a trace; empty where all is as it was frozen.
  public let findings: [String]

  /// Whether nothing is wrong.
  public var isIntact: Bool { findings.isEmpty }

  /// The result as an object.
  public var json: JSONValue {
    [
      "dataset_key": .string(datasetKey), "content_hash": .string(contentHash.hex),
      "trace_count": JSONValue(traceCount), "is_intact": JSONValue(isIntact),
      "findings": .array(findings.map(JSONValue.string)),
    ]
  }
}
