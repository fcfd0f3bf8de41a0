import ArgumentParser
import Foundation
import Workspace

/// The options that every verb takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The workspace folder (default: $TUNIX_RT_WORKSPACE, else ~/.tunix-rt).",
      valueName: "dir"
    )
  )
  var workspace: String?

  @Flag(help: "Print one JSON object instead of text for people.")
  var json = false

  /// Where results go.
  var output: Output { Output(isJSON: json) }

  /// Where the workspace is looked for.
  var location: URL {
    WorkspaceFolder.location(
      named: workspace,
      environment: ProcessInfo.processInfo.environment
    )
  }

  /// Opens the workspace; throws where there is none.
  func openWorkspace() throws -> WorkspaceFolder {
    try WorkspaceFolder(openingAt: location)
  }

  /// Opens the workspace, making it where there is none: for verbs that bring something into it.
  func openOrCreateWorkspace() throws -> WorkspaceFolder {
    try WorkspaceFolder(creatingAt: location)
  }
}
