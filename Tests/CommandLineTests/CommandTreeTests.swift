import ArgumentParser
import Foundations
import Testing

@testable import CommandLine

struct CommandTreeTests {
  /// Every command of the tree with its full name.
  private static let commands: [(name: String, type: any ParsableCommand.Type)] = {
    func walk(
      _ type: any ParsableCommand.Type,
      _ path: [String]
    ) -> [(String, any ParsableCommand.Type)] {
      let name = path + [type.configuration.commandName ?? ""]
      return [(name.joined(separator: " "), type)]
        + type.configuration.subcommands.flatMap { walk($0, name) }
    }
    return walk(RootCommand.self, [])
  }()

  @Test func `every command has a name and says what it does`() {
    for command in Self.commands {
      #expect(!command.name.hasSuffix(" "))
      #expect(command.type.configuration.abstract.hasSuffix("."), "\(command.name)")
    }
  }

  @Test func `every command's help can be rendered`() {
    for command in Self.commands {
      #expect(!RootCommand.helpMessage(for: command.type).isEmpty, "\(command.name)")
    }
  }

  @Test func `filters are read as JSON values where they are JSON`() throws {
    let filters = try MetaFilters.parse([
      "--filter", "golden=v2", "--filter", "seed=42", "--filter", "x=\"42\"",
    ])

    #expect(filters.json == ["golden": "v2", "seed": 42, "x": "42"])
    #expect(filters.texts["golden"] == "v2")
  }

  @Test(arguments: [
    ["trace", "import"], ["trace", "import", "a.jsonl", "--generator", "golden-v1"],
    ["trace", "list", "--filter", "nothing"], ["trace", "list", "--limit", "0"],
    [
      "dataset", "build", "--name", "a", "--version", "b", "--test-count", "1", "--test-fraction",
      "0.5",
    ],
    ["model", "pull"], ["absent"],
  ])
  func `wrong usage is refused before anything runs`(arguments: [String]) {
    let error = #expect(throws: (any Error).self) { try RootCommand.parseAsRoot(arguments) }

    #expect(error.map { RootCommand.exitCode(for: $0) } == .validationFailure)
  }
}
