import ArgumentParser
import Foundation
import Foundations
import Workspace

struct WorkspaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workspace",
    abstract: "Make the workspace folder, or see what it holds.",
    subcommands: [WorkspaceInitCommand.self, WorkspaceShowCommand.self]
  )
}

struct WorkspaceInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a workspace; one that is there already is left as it is."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let isNew = !WorkspaceFolder.exists(at: options.location)
    let workspace = try options.openOrCreateWorkspace()
    let path = workspace.location.path
    options.output.show(
      isNew ? "made a workspace at \(path)" : "there is a workspace at \(path) already",
      json: ["path": .string(path), "created": JSONValue(isNew)]
    )
  }
}

struct WorkspaceShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show where the workspace is and how much it holds."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let workspace = try options.openWorkspace()
    let counts = [
      ("models", try workspace.models.list().count),
      ("traces", try workspace.traces.count()),
      ("datasets", try workspace.datasets.count()),
      ("runs", try workspace.runs.count()),
      ("promoted", try workspace.registry.list().count),
    ]
    var sheet = FactSheet()
    sheet.add("workspace", workspace.location.path)
    for (name, count) in counts { sheet.add(name, count) }
    let members = counts.map { JSONValue.Member(key: $0.0, value: JSONValue($0.1)) }
    let path = JSONValue.Member(key: "path", value: .string(workspace.location.path))
    options.output.show(sheet.text, json: .object([path] + members))
  }
}
