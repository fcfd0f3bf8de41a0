import Evaluation
import Experiments
import Files
import Foundation
import Foundations
import Persistence
import Testing
import Workspace

struct ModelRegistryTests {
  let scene: Scene
  var registry: ModelRegistry { scene.workspace.registry }

  init() throws {
    scene = try Scene()
    try scene.freeze()
  }

  /// A base run with 2 right answers and a trained one, compared.
  private func comparedRun(rightCount: Int = 14) throws -> (base: Run, trained: Run) {
    let base = try scene.completedRun(rightCount: 2)
    let trained = try scene.completedRun(.loraSFT, rightCount: rightCount)
    _ = try scene.workspace.comparisons.compare(base: base.id.text, trained: trained.id.text)
    return (base, trained)
  }

  @Test func `nothing is promoted without a stored comparison`() throws {
    let run = try scene.completedRun(.loraSFT, rightCount: 20)

    let error = #expect(throws: WorkspaceError.self) {
      try registry.promote(run: run.id.text, to: "sums")
    }

    #expect(error?.description.contains("no stored paired comparison") == true)
    #expect(try registry.list().isEmpty)
  }

  @Test func `a difference that may be chance is not promoted`() throws {
    let (_, trained) = try comparedRun(rightCount: 4)

    #expect(throws: WorkspaceError.self) {
      try registry.promote(run: trained.id.text, to: "sums")
    }
  }

  @Test func `a better run becomes the champion with its provenance`() throws {
    let (_, trained) = try comparedRun()

    let promotion = try registry.promote(run: trained.id.text, to: "sums")

    #expect(promotion.version.reference == "sums@v1" && !promotion.wasPresent)
    for reference in ["sums@champion", "sums@v1", "sums"] {
      #expect(try registry.resolve(reference) == promotion.version)
    }
    let provenance = promotion.version.provenance
    #expect(provenance.runID == trained.id)
    #expect(provenance.datasetHash == trained.datasetHash)
    #expect(provenance.adapterHash == ContentHash(ofText: "weights"))
    let adapter = try #require(try registry.adapter(of: promotion.version))
    #expect(try FileHash.ofFolder(adapter).hash == promotion.version.sha256)
  }

  @Test func `the same content is promoted once`() throws {
    let (_, trained) = try comparedRun()
    let first = try registry.promote(run: trained.id.text, to: "sums")

    let second = try registry.promote(run: trained.id.text, to: "sums")

    #expect(second.wasPresent)
    #expect(second.version == first.version)
    #expect(try registry.show("sums").versions.count == 1)
  }

  @Test func `a label cannot name two contents`() throws {
    let (_, first) = try comparedRun()
    let (_, second) = try comparedRun()
    try scene.writeAdapter(of: second, weights: "others")
    try registry.promote(run: first.id.text, to: "sums", label: "best")

    #expect(throws: WorkspaceError.self) {
      try registry.promote(run: second.id.text, to: "sums", label: "best")
    }
    let next = try registry.promote(run: second.id.text, to: "sums")
    #expect(next.version.label == "v1")
    #expect(try registry.resolve("sums@champion") == next.version)
  }

  @Test func `an alias moves back`() throws {
    let (_, first) = try comparedRun()
    let (_, second) = try comparedRun()
    try scene.writeAdapter(of: second, weights: "others")
    try registry.promote(run: first.id.text, to: "sums")
    try registry.promote(run: second.id.text, to: "sums")

    try registry.move(alias: "champion", to: "sums@v1")

    #expect(try registry.resolve("sums").label == "v1")
    #expect(throws: WorkspaceError.self) { try registry.move(alias: "v2", to: "sums@v1") }
  }

  @Test func `a base model is promoted by its own run`() throws {
    let (base, _) = try comparedRun(rightCount: 2)

    let promotion = try registry.promote(run: base.id.text, to: "sums")

    #expect(promotion.version.kind == .base)
    #expect(promotion.version.sha256 == ContentHash(ofText: "tiny"))
    #expect(try registry.adapter(of: promotion.version) == nil)
  }

  @Test(arguments: ["", "a b", "../x", "ä", "a/b"])
  func `a name that is no name is refused`(name: String) throws {
    #expect(throws: WorkspaceError.self) { try registry.create(family: name) }
  }

  @Test func `an adapter without weights is refused`() throws {
    let (_, trained) = try comparedRun()
    let weights = scene.workspace.runs.folder(of: trained.id)
      .appending(path: "adapter/adapter_model.safetensors")
    try FileManager.default.removeItem(at: weights)

    #expect(throws: FileError.missing(path: weights.path)) {
      try registry.promote(run: trained.id.text, to: "sums")
    }
  }

  @Test func `an untouched chain is intact`() throws {
    let (_, trained) = try comparedRun()
    try registry.promote(run: trained.id.text, to: "sums")

    let verification = try registry.verify("sums@champion")

    #expect(verification.isIntact)
    #expect(
      verification.links.map(\.name) == ["adapter", "run", "comparison", "dataset", "base model"]
    )
    #expect(verification.links.filter(\.isSkipped).map(\.name) == ["base model"])
  }

  @Test(arguments: [
    ("run refuses", "UPDATE run SET metrics = '{\"loss\":0.1}'", ["run"]),
    (
      "runItem refuses", "UPDATE runItem SET prediction = 'x' WHERE position = 0", ["run"]
    ),
    (
      "runItem refuses", "UPDATE runItem SET lenient = 'correct', strict = 'correct'",
      ["run", "comparison"]
    ),
    (
      "comparison refuses", "UPDATE comparison SET document = json_set(document, '$.judge', 'a@b')",
      ["comparison"]
    ),
    (
      "trace refuses", "UPDATE trace SET payload = json_set(payload, '$.final_answer', '7')",
      ["dataset"]
    ),
    (
      "dataset refuses", "UPDATE dataset SET manifest = json_set(manifest, '$.limit', 7)",
      ["dataset"]
    ),
  ])
  func `a changed record breaks its link`(
    trigger: String,
    statement: String,
    broken: [String]
  ) throws {
    let (_, trained) = try comparedRun()
    try registry.promote(run: trained.id.text, to: "sums")
    try scene.database.execute(unchecked: "DROP TRIGGER IF EXISTS \"\(trigger) UPDATE\"")

    try scene.database.execute(unchecked: statement)

    let verification = try registry.verify("sums@champion")
    #expect(verification.links.filter { !$0.isIntact }.map(\.name) == broken)
  }

  @Test func `one changed byte of the adapter breaks its link`() throws {
    let (_, trained) = try comparedRun()
    let promotion = try registry.promote(run: trained.id.text, to: "sums")
    let adapter = try #require(try registry.adapter(of: promotion.version))

    try AtomicFile.write(
      text: "weightS",
      to: adapter.appending(path: "adapter_model.safetensors")
    )

    let verification = try registry.verify("sums@champion")
    #expect(verification.links.filter { !$0.isIntact }.map(\.name) == ["adapter"])
  }
}
