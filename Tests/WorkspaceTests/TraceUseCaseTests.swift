import Datasets
import Foundation
import Foundations
import Testing
import Traces
import Workspace

struct TraceUseCaseTests {
  let scene: Scene
  var library: TraceLibrary { scene.workspace.traces }

  init() throws {
    scene = try Scene()
  }

  @Test func `pages follow each other by cursor while traces join`() throws {
    try library.importTraces((0..<25).map(Scene.trace))
    let first = try library.page(limit: 10)
    try library.importTraces([Scene.trace(99)])

    let second = try library.page(limit: 10, after: first.nextCursor)
    let third = try library.page(limit: 10, after: second.nextCursor)

    let all = (first.traces + second.traces + third.traces).map(\.trace)
    #expect(all == (0..<25).reversed().map(Scene.trace))
    #expect(third.nextCursor == nil && second.nextOffset == nil && first.nextOffset == 10)
    #expect(throws: WorkspaceError.self) {
      try library.page(TraceFilter(facts: ["category": "even"]), after: first.nextCursor)
    }
    #expect(throws: WorkspaceError.self) { try library.page(after: first.nextCursor, offset: 3) }
    #expect(throws: WorkspaceError.self) { try library.page(limit: 0) }
  }

  @Test func `a batch is stored in order, all or nothing`() throws {
    let records = (0..<5).map { Scene.trace($0).json }

    let created = try library.create(batch: records)
    let again = try library.create(batch: [records[3], Scene.trace(7).json])

    #expect(
      created.map(\.id) == records.map { Identifier(derivedFrom: ContentHash(ofCanonical: $0)) }
    )
    #expect(again.map(\.isNew) == [false, true])
    #expect(again[0].id == created[3].id && again[0].createdAt == created[3].createdAt)
    #expect(throws: TraceError.missing(pointer: "/1/trace_version")) {
      try library.create(batch: [Scene.trace(8).json, [:]])
    }
    #expect(throws: WorkspaceError.self) { try library.create(batch: []) }
    #expect(throws: WorkspaceError.self) {
      try library.create(batch: Array(repeating: records[0], count: Limits.batchTraces + 1))
    }
    #expect(try library.count() == 6)
  }

  @Test func `a score is kept beside the trace, and its content stays`() throws {
    let id = try library.create(Scene.trace(1).json).id

    let first = try library.score(id.text)
    let second = try library.score(id.text)

    let found = try library.annotated(id.text)
    #expect(first.score.score == BaselineScore(of: Scene.trace(1)).value)
    #expect(found.annotations.scores.map(\.id) == [second.score.id, first.score.id])
    #expect(found.stored.contentHash == Scene.trace(1).contentHash)
    #expect(first.score.details["scored_at"] != nil)
    #expect(throws: WorkspaceError.self) { try library.score(id.text, criteria: "taste") }
  }

  @Test func `two traces are compared, and a missing one is named by its side`() throws {
    let ids = try library.importTraces([Scene.trace(1), Scene.trace(2)]).ids
    let absent = Identifier<Trace>.random().text

    let found = try library.compare(base: ids[0].text, other: ids[1].text)

    #expect(found.base.stored.trace == Scene.trace(1) && found.other.stored.id == ids[1])
    #expect(
      throws: WorkspaceError.unknown(noun: "other trace", name: absent, hint: nil)
    ) {
      try library.compare(base: ids[0].text, other: absent)
    }
  }

  @Test func `steps are labelled, labelled anew and cleared`() throws {
    let id = try library.create(Scene.trace(1).json).id.text

    try library.label(id, steps: [(0, .correct)])
    let wrong = try library.label(id, steps: [(0, .wrong)], note: "off by one")
    let cleared = try library.label(id, steps: [(0, nil)])

    #expect(wrong.annotations.labels.map(\.verdict) == [.wrong])
    #expect(wrong.annotations.labels.first?.note == "off by one")
    #expect(cleared.annotations.labels.isEmpty)
    #expect(throws: WorkspaceError.self) { try library.label(id, steps: [(5, .correct)]) }
  }

  @Test func `tags are checked, added and taken away`() throws {
    let id = try library.create(Scene.trace(1).json).id.text

    let tagged = try library.tag(id, adding: ["good", "v1.2:x/y"])
    let less = try library.tag(id, removing: ["good", "absent"])

    #expect(tagged.annotations.tags == ["good", "v1.2:x/y"])
    #expect(less.annotations.tags == ["v1.2:x/y"])
    for bad in ["", "a b", "ä", String(repeating: "x", count: 65)] {
      #expect(throws: TraceError.self) { try library.tag(id, adding: [bad]) }
    }
    #expect(throws: (any Error).self) { try library.tag(id, adding: (0..<101).map { "t\($0)" }) }
    #expect(throws: WorkspaceError.self) { try library.tag(Identifier<Trace>.random().text) }
  }

  @Test func `an archived trace is out of lists and back when it is taken back`() throws {
    let id = try library.create(Scene.trace(1).json).id.text

    try library.archive(id)
    #expect(try library.page().traces.isEmpty)
    #expect(try library.annotated(id).annotations.archivedAt != nil)
    try library.unarchive(id)
    #expect(try library.page().traces.count == 1)
  }

  @Test func `a trace of a dataset is not deleted, any other is`() throws {
    let dataset = try scene.freeze()
    let free = try library.create(Scene.trace(900).json).id

    #expect(try library.delete(free.text) == free)
    let held = try #require(dataset.items.first).traceID
    #expect(
      throws: WorkspaceError.inUse(noun: "trace", name: held.text, users: ["dataset sums-v1"])
    ) {
      try library.delete(held.text)
    }
    #expect(try library.count() == 40)
  }

  @Test func `near duplicates and contamination are found among stored traces`() throws {
    let words = (0..<40).map { "w\($0)" }.joined(separator: " ")
    func trace(_ prompt: String) -> Trace {
      Trace(
        prompt: prompt,
        finalAnswer: "1",
        steps: [TraceStep(i: 0, type: "a", content: "one")]
      )
    }
    let ids = try library.importTraces([
      trace(words), trace("another question"), trace(words + " w40"),
    ]).ids

    let duplicates = try library.duplicates()
    let contaminated = try library.contamination(by: [(name: "e1", prompt: words)])

    #expect(duplicates.traceCount == 3)
    #expect(duplicates.pairs.map(\.first) == [ids[0]] && duplicates.pairs.map(\.second) == [ids[2]])
    #expect(contaminated.traces.map(\.id) == [ids[2], ids[0]])
    #expect(contaminated.traces.allSatisfy { $0.matches.map(\.overlap) == [1] })
    #expect(throws: WorkspaceError.self) { try library.duplicates(threshold: 0) }
  }

  @Test func `a search for a phrase looks at so many traces a page and goes on by cursor`() throws {
    try library.importTraces((0..<200).map(Scene.trace))
    let filter = TraceFilter(search: try TraceSearch("\"is 1\"*"))
    let all = try library.page(filter, limit: 200)

    var pages = [try library.page(filter, limit: 50, mostChecked: 40)]
    while let cursor = pages.last?.nextCursor, pages.count < 100 {
      pages.append(try library.page(filter, limit: 50, after: cursor, mostChecked: 40))
    }

    // 1, 10 to 19 and 100 to 199, the newest first.
    #expect(all.traces.count == 111 && all.nextCursor == nil)
    #expect(pages.flatMap(\.traces).map(\.id) == all.traces.map(\.id))
    #expect(pages.contains { $0.traces.count < 50 && $0.nextCursor != nil })
  }

  @Test func `a million-line habit: walks see every trace once`() throws {
    try library.importTraces((0..<2_100).map(Scene.trace))

    let report = try library.duplicates(limit: 2_050)

    #expect(report.traceCount == 2_050 && !report.isComplete)
    #expect(try library.duplicates(limit: 2_100).isComplete)
  }
}

/// UNGAR's games, played by a stand-in package with the same doors.
struct UngarIntegrationTests {
  let scene: Scene

  init() throws {
    scene = try Scene()
  }

  /// A Python that finds a small package `ungar` in the test's folder.
  private func python(_ package: [String: String]) throws -> String {
    let folder = scene.folder.appending(path: "packages/ungar/games")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in package {
      try Data(text.utf8).write(to: scene.folder.appending(path: "packages/ungar/\(name)"))
    }
    let script = "#!/bin/sh\nPYTHONPATH=\"\(scene.folder.path)/packages\" exec python3 \"$@\"\n"
    let file = scene.folder.appending(path: "python")
    try Data(script.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return file.path
  }

  private static let duel = """
    import random
    from enum import Enum
    Rank = Enum("Rank", "TWO THREE ACE JOKER")
    Suit = Enum("Suit", "SPADES HEARTS")
    class Card:
        def __init__(self, rank, suit): self.rank, self.suit = rank, suit
    class Move:
        name = "reveal"
    class State:
        def __init__(self, hands, revealed=0): self.hands, self.revealed = hands, revealed
        def legal_moves(self): return (Move(),)
        def is_terminal(self): return self.revealed == 2
        def apply_move(self, move): return State(self.hands, self.revealed + 1)
        def returns(self):
            a, b = (card.rank.value for card in self.hands)
            return ((a > b) - (a < b), (b > a) - (b < a))
    class Spec:
        def initial_state(self, seed=None):
            draw = random.Random(seed)
            cards = [Card(rank, suit) for rank in Rank for suit in Suit]
            draw.shuffle(cards)
            return State((cards[0], cards[1]))
    def make_high_card_duel_spec(): return Spec()
    """

  @Test func `games are played, stored once, and the same for the same seed`() async throws {
    let ungar = UngarIntegration(
      python: try python([
        "__init__.py": "__version__ = '0.3'", "games/__init__.py": "",
        "games/high_card_duel.py": Self.duel,
      ])
    )

    let games = try await ungar.play(count: 4, seed: 42)
    let again = try await ungar.play(count: 4, seed: 42)
    let stored = try scene.workspace.traces.importDuels(games)
    let kept = try scene.workspace.traces.importDuels(again)
    let unstored = try scene.workspace.traces.importDuels(
      try await ungar.play(count: 1, seed: 7),
      isStored: false
    )

    #expect(await ungar.status().version == "0.3")
    #expect(games == again && stored.createdCount == 4 && kept.createdCount == 0)
    #expect(unstored.ids.count == 1)
    #expect(try scene.workspace.traces.count() == 4)
    let trace = try #require(games.first).trace
    #expect(trace.steps.map(\.type) == ["legal_moves", "observation", "unseen", "decision"])
    #expect(trace.finalAnswer == "reveal")
    #expect(trace.meta?["source"] == "ungar" && trace.meta?["seed"] == 42)
    #expect(["win", "loss", "tie"].contains(trace.meta?["result"]?.string))
    let cards = games.flatMap { [$0.ownCard, $0.opponentCard] }
    #expect(cards.allSatisfy { $0 == "??" || $0.count == 2 })
  }

  @Test func `a missing package is told, with what to do`() async throws {
    let ungar = UngarIntegration(python: try python([:]) + "-absent")

    let status = await ungar.status()

    #expect(!status.isAvailable && status.reason != nil)
    let error = await #expect(throws: WorkspaceError.self) {
      try await ungar.play(count: 1, seed: 1)
    }
    #expect(error?.description.contains("TUNIX_RT_UNGAR_PYTHON") == true)
    await #expect(throws: WorkspaceError.self) { try await ungar.play(count: 101, seed: 1) }
  }

  @Test func `a package that fails or prints something else is an error`() async throws {
    let failing = UngarIntegration(
      python: try python([
        "__init__.py": "", "games/__init__.py": "",
        "games/high_card_duel.py": "raise RuntimeError('no cards')",
      ])
    )

    let error = await #expect(throws: WorkspaceError.self) {
      try await failing.play(count: 1, seed: nil)
    }
    #expect(error?.description.contains("no cards") == true)
  }
}
