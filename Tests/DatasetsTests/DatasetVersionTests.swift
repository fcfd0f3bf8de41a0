import Datasets
import Foundation
import Foundations
import Testing
import Traces

/// Diff, merge and extension of frozen datasets.
struct DatasetVersionTests {
  private static let moment = Date(timeIntervalSince1970: 1_700_000_000)

  private func candidate(_ number: Int, wording: Int = 0) -> DatasetCandidate {
    DatasetCandidate(
      StoredTrace(
        id: Identifier(derivedFrom: ContentHash(ofText: "\(number)/\(wording)")),
        createdAt: Self.moment,
        trace: Trace(
          prompt: "wording \(wording) of \(number)",
          finalAnswer: "\(number)",
          steps: [TraceStep(i: 0, type: "t", content: "c")],
          meta: ["group_key": .string("problem \(number)"), "category": "a"]
        )
      )
    )
  }

  private func freeze(
    _ name: String,
    _ candidates: [DatasetCandidate],
    testCount: Int? = nil
  ) throws -> DatasetManifest {
    try DatasetBuilder.freeze(
      DatasetRecipe(
        name: name,
        version: "v1",
        split: testCount.map { SplitRecipe(testCount: $0, seed: 1) }
      ),
      selected: candidates,
      createdAt: Self.moment,
      buildID: .random()
    )
  }

  private func merge(
    _ sources: [DatasetManifest],
    _ candidates: [DatasetCandidate]
  ) throws -> DatasetManifest {
    try DatasetBuilder.merge(
      sources,
      candidates: candidates,
      into: DatasetRecipe(name: "all", version: "v1"),
      createdAt: Self.moment,
      buildID: .random()
    )
  }

  private func groups(_ manifest: DatasetManifest, _ split: DatasetSplit) -> Set<String> {
    Set(manifest.items(in: split).map(\.groupKey))
  }

  @Test func `a merge tests what one of its sources tests`() throws {
    let left = (0..<10).map { candidate($0) }
    let right = (5..<15).map { candidate($0, wording: 1) }
    let one = try freeze("a", left, testCount: 3)
    let other = try freeze("b", right, testCount: 4)

    let all = try merge([one, other], left + right)

    #expect(groups(all, .test) == groups(one, .test).union(groups(other, .test)))
    #expect(groups(all, .test).isDisjoint(with: groups(all, .train)))
    #expect(all.items(in: .test).count == groups(all, .test).count)
    #expect(all.sources.map(\.datasetKey) == ["a-v1", "b-v1"])
    #expect(all.sources.map(\.contentHash) == [one.contentHash, other.contentHash])
    #expect(all.selectionStrategy == .merge)
    #expect(try DatasetManifest(json: JSONValue(parsing: all.json.compact)) == all)
  }

  @Test func `the same content enters a merge once`() throws {
    let some = (0..<6).map { candidate($0) }

    let all = try merge([try freeze("a", some), try freeze("b", some)], some + some)

    #expect(all.traceIDs == some.map(\.id))
    #expect(all.split == nil)
    #expect(throws: DatasetError.nothingToMerge(found: 1)) {
      try merge([try freeze("a", some)], some)
    }
  }

  @Test func `the next version keeps every item on its side`() throws {
    let old = (0..<20).map { candidate($0) }
    let parent = try freeze("a", old, testCount: 5)
    let tested = try #require(parent.items(in: .test).first)
    let number = try #require(Int(tested.groupKey.dropFirst("problem ".count)))
    let new = (20..<30).map { candidate($0) } + [candidate(number, wording: 9)]
    var recipe = DatasetRecipe(name: "a", version: "v2", parentDatasetID: "a-v1")

    let plain = try DatasetBuilder.extend(
      parent,
      candidates: old,
      by: recipe,
      selected: new,
      createdAt: Self.moment,
      buildID: .random()
    )
    recipe.split = SplitRecipe(testCount: 2, seed: 1)
    let tests = try DatasetBuilder.extend(
      parent,
      candidates: old,
      by: recipe,
      selected: new,
      createdAt: Self.moment,
      buildID: .random()
    )

    #expect(Array(plain.items.prefix(20)) == parent.items)
    #expect(plain.items(in: .test) == parent.items(in: .test))
    #expect(plain.traceCount == 30)
    #expect(plain.split?.droppedTestRepeats == 1)
    #expect(tests.items(in: .test).count == 7)
    #expect(groups(parent, .test).isSubset(of: groups(tests, .test)))
    #expect(plain.sources.first?.contentHash == parent.contentHash)
    #expect(try DatasetManifest(json: JSONValue(parsing: plain.json.pretty)) == plain)
  }

  @Test func `nothing new is no next version`() throws {
    let old = (0..<4).map { candidate($0) }
    let parent = try freeze("a", old)

    #expect(throws: DatasetError.nothingNew(parent: "a-v1")) {
      try DatasetBuilder.extend(
        parent,
        candidates: old,
        by: DatasetRecipe(name: "a", version: "v2"),
        selected: [],
        createdAt: Self.moment,
        buildID: .random()
      )
    }
  }

  @Test func `a diff tells rows that came, went, moved and were replaced`() throws {
    func item(_ number: Int, wording: Int = 0, _ split: DatasetSplit = .train) -> DatasetItem {
      let candidate = candidate(number, wording: wording)
      return DatasetItem(
        traceID: candidate.id,
        contentHash: candidate.contentHash,
        groupKey: candidate.groupKey,
        category: "a",
        split: split
      )
    }
    let before = try manifest([item(1), item(2), item(3), item(4)])
    let after = try manifest([item(2), item(3, .test), item(4, wording: 1), item(5)])

    let diff = DatasetDiff(from: before, to: after)

    #expect(diff.rows.map(\.change) == [.moved, .changed, .added, .removed])
    #expect(diff.keptCount == 1)
    #expect(diff.rows[0].before == item(3) && diff.rows[0].after == item(3, .test))
    #expect(diff.rows[1].before == item(4) && diff.rows[1].after == item(4, wording: 1))
    #expect(diff.rows[2].after == item(5) && diff.rows[2].before == nil)
    #expect(diff.rows[3].before == item(1) && diff.rows[3].after == nil)
    #expect(DatasetDiff(from: before, to: before).rows.isEmpty)
    #expect(diff.json["changed"] == 1 && diff.json["rows"]?.array?.count == 4)
  }

  /// A manifest with these items, made of another one's file.
  private func manifest(_ items: [DatasetItem]) throws -> DatasetManifest {
    let any = try freeze("a", [candidate(1)])
    let json = any.json.setting("items", to: .array(items.map(\.json)))
      .setting("trace_count", to: JSONValue(items.count))
    let error = #expect(throws: DatasetError.self) { try DatasetManifest(json: json) }
    guard case .hashMismatch(_, let found) = try #require(error) else { return any }
    return try DatasetManifest(json: json.setting("content_hash", to: .string(found)))
  }
}

struct ApportionmentTests {
  @Test func `shares add up, respect caps, and leave nobody out where they can`() {
    var stream = RandomStream(seed: 1, name: "apportionment")
    for _ in 0..<200 {
      let sizes = Dictionary(
        uniqueKeysWithValues: (0..<stream.int(in: 1...8)).map {
          ("n\($0)", stream.int(in: 1...40))
        }
      )
      let total = stream.int(in: 0...sizes.values.reduce(0, +))

      let shares = Apportionment.shares(of: total, sizes: sizes, caps: sizes)

      #expect(shares.values.reduce(0, +) == total)
      #expect(shares.allSatisfy { $0.value <= sizes[$0.key, default: 0] })
      if total >= sizes.count { #expect(shares.values.allSatisfy { $0 > 0 }) }
    }
  }
}
