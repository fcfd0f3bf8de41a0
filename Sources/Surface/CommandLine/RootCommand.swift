import ArgumentParser
import Foundations

/// The command `tunix-rt`: its verbs, in the order of the work.
struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tunix-rt",
    abstract: "Turns reasoning traces into better small language models, and proves it.",
    discussion: """
      The loop: trace import, dataset build, run base, run train, compare, registry promote.
      Everything is kept in one workspace folder: --workspace DIR, else $TUNIX_RT_WORKSPACE, \
      else ~/.tunix-rt.
      """,
    // Where verbs have a --version of their own, a mistyped flag beside it must not print this one.
    version: CommandLine.arguments.dropFirst().first == "--version" ? ProductVersion.current : "",
    subcommands: [
      DoctorCommand.self,
      WorkspaceCommand.self,
      ModelCommand.self,
      TraceCommand.self,
      DatasetCommand.self,
      EvaluationSetCommand.self,
      RunCommand.self,
      CompareCommand.self,
      RegistryCommand.self,
      GenerateCommand.self,
      TrainCommand.self,
      BenchCommand.self,
      ServeCommand.self,
      TokenCommand.self,
      ConfigCommand.self,
    ]
  )
}
