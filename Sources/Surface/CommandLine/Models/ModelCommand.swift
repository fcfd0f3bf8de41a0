import ArgumentParser

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Fetch base models and look into them.",
    subcommands: [
      ModelListCommand.self, ModelShowCommand.self, ModelPullCommand.self,
      ModelTokenizeCommand.self, ModelDetokenizeCommand.self, ModelRenderCommand.self,
      ModelLogitsCommand.self, ModelExportCommand.self,
    ]
  )
}
