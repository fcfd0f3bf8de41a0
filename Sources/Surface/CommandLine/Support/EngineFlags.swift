import ArgumentParser
import Execution
import Workspace

/// How the engine computes.
struct EngineFlags: ParsableArguments {
  @Option(help: "The number format of matrix products: auto, f32 or bf16.")
  var dtype = "auto"

  @Option(help: "The number of threads (default: all cores, or $OMP_NUM_THREADS).")
  var threads: Int?

  var options: EngineOptions { EngineOptions(dtype: dtype, threads: threads) }
}

extension GlobalOptions {
  /// Finds a model by name, alias or path; a workspace is not needed for a path.
  func model(_ name: String) throws -> ModelReference {
    let isThere = WorkspaceFolder.exists(at: location)
    return try ModelReference.find(name, in: isThere ? try openWorkspace() : nil)
  }
}
