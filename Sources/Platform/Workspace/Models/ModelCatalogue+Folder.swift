import Experiments
import Files
public import Foundation
public import Foundations
import Persistence

/// A Hugging Face folder that is taken into the workspace under a name.
public struct ModelFolder: Hashable, Sendable {
  /// Where it is; its files may be links, as in the hub's own cache.
  public var location: URL
  /// The licence's SPDX identifier; nil where nobody said one.
  public var licence: String?
  /// The sha256 that its files must have; nil takes what they have.
  public var sha256: ContentHash?

  /// Names a folder.
  public init(_ location: URL, licence: String? = nil, sha256: ContentHash? = nil) {
    self.location = location
    self.licence = licence
    self.sha256 = sha256
  }

  private static let endings = [".json", ".safetensors", ".jinja", ".model", ".txt"]
  private static let needed = ["config.json", "tokenizer.json"]
  private static let index = "model.safetensors.index.json"

  /// The names of its files that belong to the model; throws where one that is needed is missing.
  func fileNames() throws -> [String] {
    guard let all = try? FileManager.default.contentsOfDirectory(atPath: location.path) else {
      throw FileError.unreadable(path: location.path, reason: "its files cannot be listed")
    }
    let names = all.filter { name in
      !name.hasPrefix(".") && Self.endings.contains(where: name.hasSuffix)
        && FileKind(at: location.appending(path: name)) == .file
    }
    var missing = Self.needed.filter { !names.contains($0) }
    if !names.contains(where: { $0.hasSuffix(".safetensors") }) { missing.append("*.safetensors") }
    missing += try shards().filter { !names.contains($0) }
    guard missing.isEmpty else {
      throw WorkspaceError.sourceFailed(
        source: location.path,
        reason: "it is no Hugging Face folder that can be used; it lacks "
          + missing.joined(separator: ", ")
      )
    }
    return names.sorted()
  }

  /// The files that the index of a model in several files names.
  private func shards() throws -> [String] {
    guard let bytes = try? Data(contentsOf: location.appending(path: Self.index)) else { return [] }
    let map = try JSONValue(parsing: [UInt8](bytes))["weight_map"]?.object ?? []
    return Set(map.compactMap(\.value.string)).sorted()
  }
}

extension ModelCatalogue {
  private static let nameCharacters = 100

  /// Copies a Hugging Face folder into the workspace and pins the sha256 of its files, by the
  /// registry's rule for folders.
  ///
  /// What is no part of the model stays where it is. A name that has other content already is
  /// refused, since runs may stand on it.
  @discardableResult
  public func take(
    _ given: ModelFolder,
    as name: String,
    progress: @Sendable (PullProgress) -> Void = { _ in }
  ) throws -> PullOutcome {
    try requireFree(name)
    let source = ModelSource.localFile(path: given.location.path)
    progress(.started(source))
    let names = try given.fileNames()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    IncomingFile.removeAbandoned(in: folder, before: now().addingTimeInterval(-3600))
    let existing = try database.model(named: name)
    let place = folder.appending(path: name)
    if FileKind(at: place) != .missing, existing.map({ !isIntact($0) }) ?? true {
      try FileManager.default.removeItem(at: place)
    }
    if let existing, FileKind(at: place) != .missing {
      let found = try copy(names, of: given, to: nil, progress)
      guard found.sha256 == existing.sha256 else {
        throw WorkspaceError.versionExists(name: name, existing: existing.sha256)
      }
      return PullOutcome(model: existing, wasPresent: true)
    }
    let (hash, size) = try copy(names, of: given, to: place, progress)
    let model = PulledModel(
      name: name,
      createdAt: now(),
      fileName: name,
      sha256: hash,
      sizeBytes: size,
      licence: given.licence ?? "unknown",
      source: "folder \(given.location.path)"
    )
    try database.save(model: model)
    return PullOutcome(model: model, wasPresent: false)
  }

  private func requireFree(_ name: String) throws {
    let isName = name.utf8.allSatisfy { byte in
      byte < 128
        && (Character(UnicodeScalar(byte)).isLetter
          || Character(UnicodeScalar(byte)).isNumber || "._-".utf8.contains(byte))
    }
    guard isName, (1...Self.nameCharacters).contains(name.count), !name.hasPrefix(".") else {
      throw WorkspaceError.invalidName(
        noun: "model",
        name: name,
        rule: "letters, digits, dots, underscores and hyphens, at most \(Self.nameCharacters), "
          + "the first no dot"
      )
    }
    guard !entries.contains(where: { $0.name == name || $0.fileName == name }) else {
      throw WorkspaceError.invalidName(
        noun: "model folder",
        name: name,
        rule: "the catalogue has a model of this name, which is one file; choose another"
      )
    }
  }

  private func isIntact(_ model: PulledModel) -> Bool {
    do {
      try verify(model)
      return true
    } catch {
      return false
    }
  }

  /// Copies files, or with no place to go only hashes them; the copy is there whole or not at all.
  private func copy(
    _ names: [String],
    of given: ModelFolder,
    to place: URL?,
    _ progress: (PullProgress) -> Void
  ) throws -> (sha256: ContentHash, sizeBytes: Int) {
    let target = place ?? folder.appending(path: ".incoming-\(UUID().uuidString)")
    func size(_ name: String) -> Int {
      let path = given.location.appending(path: name).resolvingSymlinksInPath().path
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return (size ?? nil) ?? 0
    }
    let total = names.reduce(0) { $0 + size($1) }
    var received = 0
    defer { if place == nil { try? FileManager.default.removeItem(at: target) } }
    return try AtomicFolder.writing(to: target) { temporary in
      for name in names {
        try Task.checkCancellation()
        try FileManager.default.copyItem(
          at: given.location.appending(path: name).resolvingSymlinksInPath(),
          to: temporary.appending(path: name)
        )
        received += size(name)
        progress(.received(bytes: received, of: total))
      }
      let (hash, sizeBytes) = try FileHash.ofFolder(temporary)
      if let expected = given.sha256, hash != expected {
        throw WorkspaceError.wrongHash(
          name: given.location.path,
          expected: expected,
          found: hash
        )
      }
      return (hash, sizeBytes)
    }
  }
}
