import Files
public import Foundation
import Training

/// Where a training begins.
public enum TrainingStart: Sendable, Hashable {
  /// With its first step; checkpoints of an earlier run in the output folder are an error.
  case beginning
  /// With its first step; results and checkpoints of an earlier run are removed.
  case overwriting
  /// At the newest checkpoint of the output folder; with the first step where there is none.
  case latestCheckpoint
  /// At the checkpoint of this folder.
  case checkpoint(URL)

  /// The checkpoint to go on from; nil for none.
  func checkpoint(in output: URL) throws -> URL? {
    switch self {
    case .overwriting: return nil
    case .latestCheckpoint: return try CheckpointFolder.all(in: output).last
    case .checkpoint(let folder):
      guard FileKind(at: folder) == .folder else {
        throw ExecutionError.input("there is no checkpoint at \(folder.path)")
      }
      return folder
    case .beginning:
      guard let last = try CheckpointFolder.all(in: output).last else { return nil }
      throw ExecutionError.input(
        "\(output.path) holds checkpoints of an earlier run, the newest is "
          + "\(last.lastPathComponent); go on from it with --resume auto, or remove them with "
          + "--overwrite"
      )
    }
  }
}
