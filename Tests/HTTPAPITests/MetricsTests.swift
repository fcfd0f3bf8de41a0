import Datasets
import Experiments
import Foundations
import HTTPTypes
import Judging
import Testing
import Traces
import Workspace

@testable import HTTPAPI

/// What Prometheus reads.
struct MetricsTests {
  let api: APIHarness

  init() throws {
    api = try APIHarness()
  }

  private func lines() async throws -> [String] {
    let answer = try await api.send(.get, "/metrics")
    #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    return answer.text.split(separator: "\n").map(String.init)
  }

  @Test func `stored traces are counted by how long it took`() async throws {
    for number in 0..<3 {
      _ = try await api.send(.post, "/api/traces", json: APIHarness.trace(number))
    }
    _ = try await api.send(.post, "/api/traces", json: ["prompt": "refused"])

    let lines = try await lines()

    #expect(lines.contains("# TYPE tunix_db_write_latency_ms histogram"))
    #expect(lines.contains(#"tunix_db_write_latency_ms_count{operation="create_trace"} 3"#))
    let edge = #"tunix_db_write_latency_ms_bucket{operation="create_trace",le=""#
    #expect(lines.contains(edge + "+Inf\"} 3"))
    for bound in [10, 50, 100, 200, 500, 1000, 2000, 5000] {
      #expect(lines.contains { $0.hasPrefix(edge + "\(bound)\"") })
    }
  }

  @Test func `runs that ended are counted by state and mode`() async throws {
    _ = try await api.send(.post, "/api/traces", json: APIHarness.trace(1))
    let built = try await api.send(
      .post,
      "/api/datasets/build",
      json: ["dataset_name": "d", "dataset_version": "v1"]
    )
    let specification = try RunSpecification(
      kind: .inference,
      model: "tiny",
      datasetKey: try #require(built.json["dataset_key"]?.string),
      judge: JudgeIdentity(name: "answer_correctness", version: "v2"),
      generation: GenerationSettings(maxNewTokens: 8, batchSize: 1),
      training: nil,
      seed: 1,
      baseRunID: nil
    )
    let runs = api.workspace.runs
    _ = try runs.create(specification)
    _ = try runs.requestCancel(try runs.create(specification).id)

    let lines = try await lines()

    #expect(lines.contains(#"tunix_runs_total{status="cancelled",mode="inference"} 1"#))
    #expect(lines.count { $0.hasPrefix("tunix_runs_total{") } == 1)
    #expect(lines.contains("tunix_runs_waiting 1"))
    let durations = #"tunix_runs_duration_seconds_count{mode="inference",status="cancelled"} 0"#
    #expect(lines.contains(durations))
  }

  @Test func `buckets hold everything that is not larger`() {
    var histogram = Histogram(bounds: [1, 10])

    for value in [0.5, 1, 5, 50] { histogram.add(value) }

    #expect(histogram.buckets == [2, 3])
    #expect(histogram.count == 4 && histogram.sum == 56.5)
  }
}
