import ArgumentParser
import Execution
import Rendering
import Workspace

/// How the engine computes.
struct EngineFlags: ParsableArguments {
  @Option(help: "The number format of matrix products: auto, f32 or bf16.")
  var dtype = "auto"

  @Option(help: "The number of threads (default: all cores, or $OMP_NUM_THREADS).")
  var threads: Int?

  var options: EngineOptions { EngineOptions(dtype: dtype, threads: threads) }
}

/// Which chat template conversations are written with.
struct TemplateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this chat template, not the model's own: "
        + "\(ChatTemplate.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"
    )
  )
  var chatTemplate: String?

  /// The name, if one was given and there is such a template.
  func checkedName() throws -> String? {
    try chatTemplate.map { try ChatTemplate(named: $0).rawValue }
  }

  /// The model with the template that was named.
  func applied(to model: ModelReference) throws -> ModelReference {
    guard let chatTemplate else { return model }
    var named = model
    named.chatTemplate = try ChatTemplate(named: chatTemplate)
    return named
  }
}

extension GlobalOptions {
  /// Finds a model by name, alias or path; a workspace is not needed for a path.
  func model(_ name: String) throws -> ModelReference {
    let isThere = WorkspaceFolder.exists(at: location)
    return try ModelReference.find(name, in: isThere ? try openWorkspace() : nil)
  }
}
