public import Datasets
import Experiments
public import Foundations
import Persistence
public import Traces

extension DatasetLibrary {
  /// What changed from one dataset to another, row by row.
  public func diff(from earlier: String, to later: String) throws -> DatasetDiff {
    DatasetDiff(from: try show(earlier), to: try show(later))
  }

  /// What a dataset was made of and what was made of it, to the ends.
  public func lineage(of key: String) throws -> DatasetLineage {
    _ = try show(key)
    return DatasetLineage(
      datasetKey: key,
      ancestors: try walk(from: key) { try database.sources(of: $0) },
      descendants: try walk(from: key) { try database.derivations(of: $0) },
      runs: try database.runs(RunQuery(datasetKey: key, limit: Limits.pageRows)).map(\.id.text)
    )
  }

  /// Which datasets hold a trace, the newest first.
  public func holdings(of trace: Identifier<Trace>) throws -> [DatasetHolding] {
    try database.holdings(of: trace, limit: Limits.largestPageRows).map {
      DatasetHolding(datasetKey: $0.datasetKey, position: $0.position, split: $0.split)
    }
  }

  /// Follows steps from a key as long as they lead to keys not seen before, nearest first.
  private func walk(
    from key: String,
    _ step: (String) throws -> [String]
  ) throws -> [DatasetLineage.Link] {
    var seen: Set = [key]
    var links: [DatasetLineage.Link] = []
    var edge = [key]
    var distance = 1
    while !edge.isEmpty, links.count < Limits.largestPageRows {
      var next: [String] = []
      for key in edge {
        for other in try step(key) where seen.insert(other).inserted {
          links.append(DatasetLineage.Link(datasetKey: other, of: key, distance: distance))
          next.append(other)
        }
      }
      edge = next
      distance += 1
    }
    return links
  }
}

/// What a dataset was made of, what was made of it, and which runs used it.
public struct DatasetLineage: Hashable, Sendable {
  /// A dataset in the line.
  public struct Link: Hashable, Sendable {
    /// The dataset's key; it need not be in this workspace.
    public let datasetKey: String
    /// The dataset that leads to it.
    public let of: String
    /// How many steps it is away.
    public let distance: Int
  }

  /// The dataset.
  public let datasetKey: String
  /// The datasets that it was made of, the nearest first.
  public let ancestors: [Link]
  /// The datasets that were made of it, the nearest first.
  public let descendants: [Link]
  /// The newest runs on it.
  public let runs: [String]

  /// The line as an object.
  public var json: JSONValue {
    [
      "dataset_key": .string(datasetKey), "ancestors": .array(ancestors.map(\.json)),
      "descendants": .array(descendants.map(\.json)),
      "runs": .array(runs.map(JSONValue.string)),
    ]
  }
}

extension DatasetLineage.Link {
  var json: JSONValue {
    ["dataset_key": .string(datasetKey), "of": .string(of), "distance": JSONValue(distance)]
  }
}

/// A dataset that holds a trace, and where.
public struct DatasetHolding: Hashable, Sendable {
  /// The dataset's key.
  public let datasetKey: String
  /// The trace's place in it, from zero.
  public let position: Int
  /// The side it stands on.
  public let split: DatasetSplit

  /// The holding as an object.
  public var json: JSONValue {
    [
      "dataset_key": .string(datasetKey), "index": JSONValue(position),
      "split": .string(split.rawValue),
    ]
  }
}
