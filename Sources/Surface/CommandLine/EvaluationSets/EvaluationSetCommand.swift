import ArgumentParser
import Datasets
import Foundation
import Foundations
import Workspace

struct EvaluationSetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evalset",
    abstract: "Keep fixed lists of questions with their answers, and look at them.",
    subcommands: [
      EvaluationSetListCommand.self, EvaluationSetShowCommand.self, EvaluationSetImportCommand.self,
      EvaluationSetValidateCommand.self, EvaluationSetExportCommand.self,
      EvaluationSetCheckCommand.self,
    ]
  )
}

struct EvaluationSetListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List evaluation sets by name, the built-in ones too."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let sets = try options.openWorkspace().evaluationSets.list()
    var table = TextTable("name", ">items", "sha256")
    for set in sets {
      table.add(set.name, "\(set.items.count)", HumanText.short(set.contentHash.hex))
    }
    options.output.show(
      table.text(orWhenEmpty: "no evaluation sets"),
      json: ["evaluation_sets": .array(sets.map(\.summary))]
    )
  }
}

struct EvaluationSetShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an evaluation set: its composition and its questions."
  )

  @Argument(help: "The set's name.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let set = try options.openWorkspace().evaluationSets.show(name)
    var table = TextTable("id", "category", "difficulty", "section", "answer", "question")
    for item in set.items {
      table.add(
        item.id,
        item.category ?? "",
        item.difficulty ?? "",
        item.section ?? "",
        HumanText.line(item.expectedAnswer, width: 16),
        HumanText.line(item.prompt, width: 60)
      )
    }
    options.output.show(
      "\(set.name): \(set.items.count) items, sha256 \(set.contentHash.hex)\n"
        + HumanText.settings(set.counts) + "\n\n" + table.text(orWhenEmpty: ""),
      json: set.summary.setting("items", to: .array(set.items.map(\.json)))
    )
  }
}

struct EvaluationSetExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write an evaluation set as JSON Lines, one question a line."
  )

  @Argument(help: "The set's name.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let set = try options.openWorkspace().evaluationSets.show(name)
    options.output.write(JSONLines.text(set.items.map(\.json)))
  }
}
