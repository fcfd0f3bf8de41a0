import Testing

struct DocumentTests {
  @Test func `every verb of the command line is in the README`() throws {
    let readme = try Checkout.text("README.md")
    let paths = Checkout.sources.map(\.path).filter { $0.hasPrefix("Sources/Surface/CommandLine/") }
    let tree = CommandTree(try paths.map(Checkout.text))

    #expect(!tree.verbs.isEmpty)
    #expect(tree.unnamed == [], "give each command a commandName")
    #expect(tree.verbs.filter { !isNamed($0, in: readme) } == [], "describe these in README.md")
  }

  @Test func `every room is in the picture`() throws {
    let picture = try Checkout.text("ARCHITECTURE.md")

    let absent = try Checkout.rooms().filter { !isNamed($0.room, in: picture) }

    #expect(absent.map(\.room) == [], "describe these in ARCHITECTURE.md")
  }

  @Test func `every dependency is pinned exactly`() throws {
    let manifest = try Checkout.text("Package.swift")
    let packages = manifest.matches(of: #/\.package\(([^)]*)\)/#).map { String($0.output.1) }

    #expect(!packages.isEmpty)
    #expect(packages.filter { !isPinned($0) } == [])
  }

  @Test func `the coverage gate is the one that CONTRIBUTING states`() throws {
    let script = try Checkout.text("scripts/coverage.sh")
    let gate = try #require(script.firstMatch(of: #/minimum_percent=([0-9]+)\n/#)).output.1

    let text = try Checkout.text("CONTRIBUTING.md")

    #expect(try #require(Int(gate)) >= 70)
    #expect(text.contains("at least \(gate) %"))
    #expect(script.matches(of: #/\b[0-9]{2}\b/#).count == 1, "the figure stands once in the script")
  }

  // MARK: - Each rule fires

  @Test func `verbs are read with their nouns`() {
    let tree = CommandTree([
      """
      @main public struct Root: AsyncParsableCommand {
        public static let configuration = CommandConfiguration(
          commandName: "program", abstract: "Does it.",
          subcommands: [ModelCommand.self, Generate.self])
      }
      """,
      """
      struct ModelCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
          commandName: "model", subcommands: [Show.self, List.self])
      }
      extension ModelCommand {
        struct Show: ParsableCommand {
          static let configuration = CommandConfiguration(commandName: "show")
          func run() { if a { print("commandName") } }
        }
        struct List: ParsableCommand {}
      }
      struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "x", commandName: "generate")
      }
      struct Options: ParsableArguments { var a = 1 }
      """,
    ])

    #expect(tree.verbs == ["generate", "model ModelCommand.List", "model show"])
    #expect(tree.unnamed == ["ModelCommand.List"])
  }

  @Test func `a name inside a longer word is not found`() {
    #expect(isNamed("model list", in: "`model list|show`"))
    #expect(!isNamed("model list", in: "`model listing`"))
    #expect(!isNamed("Traces", in: "StoredTraces"))
  }

  @Test(
    arguments: [
      ("url: \"a\", exact: \"1.2.3\"", true), ("url: \"a\", from: \"1.2.3\"", false),
      ("url: \"a\", branch: \"main\"", false), ("path: \"../a\"", false),
    ])
  func `a loose version is found`(arguments: String, pinned: Bool) {
    #expect(isPinned(arguments) == pinned)
  }

  private func isPinned(_ arguments: String) -> Bool {
    arguments.contains(#/exact: "[0-9]+\.[0-9]+\.[0-9]+"/#)
  }

  /// Whether the words stand in the text with no letter, digit or hyphen directly around them.
  private func isNamed(_ words: String, in text: String) -> Bool {
    text.ranges(of: words).contains { range in
      let before = text[..<range.lowerBound].last
      let after = text[range.upperBound...].first
      return ![before, after].contains {
        $0.map { $0.isLetter || $0.isNumber || $0 == "-" } == true
      }
    }
  }
}
