import Foundation

/// The revision of the source that the running program was built from.
enum SourceRevision {
  /// The checkout's commit, with `-dirty` when files differ from it; nil outside a checkout.
  ///
  /// The checkout is the nearest folder above the executable that holds both `.git` and `Package.swift`.
  static let current: String? = {
    guard let checkout = checkout() else { return nil }
    guard let commit = git(["rev-parse", "HEAD"], in: checkout), !commit.isEmpty else { return nil }
    let changes = git(["status", "--porcelain", "--untracked-files=no"], in: checkout) ?? ""
    return changes.isEmpty ? commit : commit + "-dirty"
  }()

  private static func checkout() -> URL? {
    guard let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
    var folder = executable.deletingLastPathComponent()
    while folder.path != "/" {
      let marks = [".git", "Package.swift"].map { folder.appending(path: $0).path }
      if marks.allSatisfy(FileManager.default.fileExists(atPath:)) { return folder }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static func git(_ arguments: [String], in folder: URL) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.path] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return nil
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
