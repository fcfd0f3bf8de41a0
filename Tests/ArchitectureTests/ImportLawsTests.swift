import Testing

struct ImportLawsTests {
  private let groups = [
    "Foundations": "Domain", "Traces": "Domain", "Rendering": "Domain", "Files": "Ground",
    "Tensors": "Engine", "Training": "Engine", "ModelFormats": "Engine",
    "Persistence": "Platform", "Workspace": "Platform", "Execution": "Platform",
    "CommandLine": "Surface",
  ]

  private func offences(_ path: String, _ text: String) -> [String] {
    let file = SwiftFile(path: "Sources/\(path)/Made.swift", text: text)
    return ImportLaws.offences(in: file, groups: groups).map(\.sentence)
  }

  @Test func `no room imports what it may not see`() throws {
    let rooms = try Checkout.rooms()
    let groups = Dictionary(uniqueKeysWithValues: rooms.map { ($0.room, $0.group) })
    #expect(!Checkout.sources.isEmpty)

    let offences = Checkout.sources.flatMap { ImportLaws.offences(in: $0, groups: groups) }

    #expect(offences.isEmpty, "\(lines(offences))")
  }

  @Test func `no module holds a type of its own name`() {
    let offences = Checkout.sources.flatMap(ImportLaws.typesNamedLikeTheirModule)

    #expect(offences.isEmpty, "\(lines(offences))")
  }

  @Test(
    arguments: [
      ("Domain/Traces", "Files", "law 1"),
      ("Domain/Traces", "Tensors", "law 1"),
      ("Ground/Files", "Traces", "law 1"),
      ("Engine/Tensors", "Traces", "law 1"),
      ("Engine/ModelFormats", "Rendering", "law 1"),
      ("Engine/Training", "Workspace", "law 1"),
      ("Platform/Workspace", "Tensors", "law 2"),
      ("Platform/Persistence", "Training", "law 2"),
      ("Surface/CommandLine", "Persistence", "law 3"),
      ("Surface/CommandLine", "Tensors", "law 3"),
      ("Platform/Workspace", "CommandLine", "below"),
      ("Domain/Traces", "Crypto", "belongs to"),
      ("Platform/Workspace", "GRDB", "belongs to"),
      ("Platform/Workspace", "NIOSSL", "not in the table"),
    ])
  func `a forbidden import is found`(room: String, imported: String, reason: String) throws {
    let found = offences(room, "import Foundation\npublic import \(imported)\n")

    #expect(found.count == 1)
    #expect(found.first?.contains(reason) == true)
  }

  @Test(
    arguments: [
      ("Domain/Traces", "Foundations"), ("Engine/ModelFormats", "Files"),
      ("Engine/Training", "Rendering"), ("Platform/Execution", "Training"),
      ("Surface/CommandLine", "Workspace"), ("Surface/CommandLine", "Traces"),
      ("Domain/Foundations", "Crypto"), ("Engine/Tensors", "COneDNN"),
    ])
  func `a lawful import passes`(room: String, imported: String) {
    #expect(offences(room, "import \(imported)").isEmpty)
  }

  @Test func `every spelling of an import is read`() {
    let text = """
      // import Commented
      @preconcurrency public import struct One.Inner
      @testable import Two; let text = "import Quoted"
      call(import: Three)
      """

    #expect(ImportLaws.imports(of: SourceText(text)).map(\.text) == ["One", "Two"])
  }

  @Test func `a type named like its module is found`() {
    let text = "public struct Traces {}"

    let found = ImportLaws.typesNamedLikeTheirModule(
      in: SwiftFile(path: "Sources/Domain/Traces/Made.swift", text: text)
    )

    #expect(found.map(\.line) == [1])
  }
}

/// Offences one a line, for a failing test's message.
func lines(_ offences: [Offence]) -> String {
  "\n" + offences.map(\.description).joined(separator: "\n")
}
