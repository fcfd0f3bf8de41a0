import Foundation
import Foundations
import Subprocess
import Testing

/// The built program, started as a person starts it.
enum Program {
  /// Where it is: `TUNIX_RT_TEST_EXECUTABLE`, or nil.
  static let path: String? = {
    guard let path = ProcessInfo.processInfo.environment["TUNIX_RT_TEST_EXECUTABLE"],
      FileManager.default.isExecutableFile(atPath: path)
    else { return nil }
    return path
  }()

  /// Whether it is there; says once why tests are skipped if it is not.
  static let isThere: Bool = {
    if path == nil {
      print("Tests of the program are skipped: set TUNIX_RT_TEST_EXECUTABLE to its path.")
    }
    return path != nil
  }()

  /// Whether this machine lets a test mount a small disk of its own.
  static let canMount: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = mounting(sizeKiB: 64, at: "/mnt", then: ["true"])
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  private static let outputLimit = 1 << 26

  /// Runs a verb to its end.
  static func run(
    _ arguments: [String],
    workspace: URL,
    input: String = ""
  ) async throws -> Outcome {
    let path = try #require(path)
    return try await start([path] + arguments, workspace: workspace, input: input)
  }

  /// Runs a Python script to its end.
  static func runScript(
    _ file: URL,
    _ arguments: [String],
    workspace: URL
  ) async throws -> Outcome {
    try await start(["python3", file.path] + arguments, workspace: workspace, input: "")
  }

  /// Runs a verb on a disk of its own that holds a few KiB, and lists what it left there.
  static func run(
    _ arguments: [String],
    workspace: URL,
    diskKiB: Int,
    at place: String
  ) async throws -> Outcome {
    let path = try #require(path)
    let mounting = mounting(sizeKiB: diskKiB, at: place, then: [path] + arguments)
    return try await start(mounting, workspace: workspace, input: "")
  }

  /// Runs a verb, interrupts it as Ctrl-C does once `isReady`, and waits for its end.
  static func interrupt(
    _ arguments: [String],
    workspace: URL,
    when isReady: @escaping @Sendable () -> Bool
  ) async throws -> Outcome {
    try await signal(.interrupt, arguments, workspace: workspace, when: isReady)
  }

  /// Runs a verb, sends it a signal some time after `isReady`, and waits for its end.
  static func signal(
    _ signal: Signal,
    _ arguments: [String],
    workspace: URL,
    afterMilliseconds pause: Int = 0,
    when isReady: @escaping @Sendable () -> Bool
  ) async throws -> Outcome {
    let path = try #require(path)
    // `env` is found on the path and becomes the program, so that the signal reaches the program.
    let result = try await Subprocess.run(
      .name("env"),
      arguments: Arguments([path] + arguments),
      environment: environment(workspace),
      input: .none,
      output: .string(limit: outputLimit),
      error: .string(limit: outputLimit)
    ) { execution in
      let begin = ContinuousClock.now
      while !isReady(), begin.duration(to: .now) < .seconds(30) {
        try await Task.sleep(for: .milliseconds(5))
      }
      try await Task.sleep(for: .milliseconds(pause))
      // A process that has ended by itself cannot be reached any more.
      try? execution.send(signal: signal)
    }
    return Outcome(result.terminationStatus, result.standardOutput, result.standardError)
  }

  /// Runs a verb and kills it, as `kill -9` does, after some time; false where it had ended before.
  @discardableResult
  static func kill(
    _ arguments: [String],
    workspace: URL,
    afterMilliseconds delay: Int
  ) async throws -> Bool {
    let path = try #require(path)
    let result = try await Subprocess.run(
      .name("env"),
      arguments: Arguments([path] + arguments),
      environment: environment(workspace),
      input: .none,
      output: .discarded,
      error: .discarded
    ) { execution in
      try await Task.sleep(for: .milliseconds(delay))
      try? execution.send(signal: .kill)
    }
    if case .signaled = result.terminationStatus { return true }
    return false
  }

  private static func start(
    _ command: [String],
    workspace: URL,
    input: String
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .name("env"),
      arguments: Arguments(command),
      environment: environment(workspace),
      input: .string(input),
      output: .string(limit: outputLimit),
      error: .string(limit: outputLimit)
    )
    return Outcome(result.terminationStatus, result.standardOutput, result.standardError)
  }

  /// The tests' own environment, with the test's workspace; waiting threads leave the cores to the
  /// tests that run beside this one.
  private static func environment(_ workspace: URL) -> Environment {
    .inherit.updating(["TUNIX_RT_WORKSPACE": workspace.path, "OMP_WAIT_POLICY": "passive"])
  }

  /// A command that mounts a disk where only the command itself sees it, runs another, and lists
  /// the files that it left there.
  private static func mounting(sizeKiB: Int, at place: String, then command: [String]) -> [String] {
    let script = """
      mount -t tmpfs -o size=\(sizeKiB)k none "$1" || exit 99
      disk=$1; shift
      "$@"; code=$?
      find "$disk" -type f; exit $code
      """
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", place]
      + command
  }
}

/// What a finished program said.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String

  init(_ status: TerminationStatus, _ output: String, _ errors: String) {
    switch status {
    case .exited(let code): self.code = code
    case .signaled(let signal): code = -signal
    }
    self.output = output
    self.errors = errors
  }

  /// The output as one JSON object; fails the test where the verb failed.
  func json() throws -> JSONValue {
    try #require(code == 0, "exit code \(code): \(errors)")
    return try JSONValue(parsing: output)
  }

  /// The output as one JSON object a line.
  func lines() throws -> [JSONValue] {
    try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  /// The last line on standard error.
  var lastError: String { errors.split(separator: "\n").last.map(String.init) ?? "" }
}

/// The suites that start the program; one child at a time, because each takes all cores.
@Suite(.serialized, .enabled(if: Program.isThere, "TUNIX_RT_TEST_EXECUTABLE names no program"))
struct EndToEnd {}
