import ArgumentParser
import Experiments
import Foundations
import Judging

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start runs and look at what they answered.",
    subcommands: [
      RunBaseCommand.self, RunTrainCommand.self, RunResumeCommand.self, RunListCommand.self,
      RunShowCommand.self,
    ]
  )
}

extension Run {
  /// The run as JSON, the field order fixed.
  var json: JSONValue {
    [
      "run_id": .string(id.text),
      "kind": .string(specification.kind.rawValue),
      "status": .string(status.state.rawValue),
      "message": status.message.map(JSONValue.string) ?? .null,
      "model": .string(specification.model),
      "dataset_key": .string(specification.datasetKey),
      "dataset_sha256": .string(datasetHash.hex),
      "judge": .string(specification.judge.description),
      "base_run_id": specification.baseRunID.map { .string($0.text) } ?? .null,
      "created_at": .string(Timestamp.text(of: createdAt)),
      "started_at": startedAt.map { .string(Timestamp.text(of: $0)) } ?? .null,
      "completed_at": completedAt.map { .string(Timestamp.text(of: $0)) } ?? .null,
      "duration_seconds": durationSeconds.map { JSONValue($0) } ?? .null,
      "metrics": metrics ?? .null,
      "specification": specification.json,
    ]
  }
}
