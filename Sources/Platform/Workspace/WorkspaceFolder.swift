public import Foundation
package import Persistence

/// One folder that remembers everything: the database, the models, the artifacts and the runs.
///
/// ```
/// tunix-rt.sqlite     traces, datasets, runs, comparisons, the registry
/// models/             pulled models
/// artifacts/sha256/   what must never change, addressed by content
/// runs/<run id>/      the files of one run
/// ```
public struct WorkspaceFolder: Sendable {
  /// The folder.
  public let location: URL
  let database: DatabaseStore
  let now: @Sendable () -> Date

  /// Opens the workspace in a folder; throws where there is none.
  public init(openingAt location: URL) throws {
    guard FileManager.default.fileExists(atPath: Self.databaseFile(in: location).path) else {
      throw WorkspaceError.noWorkspace(path: location.path)
    }
    try self.init(at: location)
  }

  /// Opens the workspace in a folder, making what is missing of it.
  public init(creatingAt location: URL) throws {
    for folder in ["models", "artifacts/sha256", "runs"] {
      try FileManager.default.createDirectory(
        at: location.appending(path: folder),
        withIntermediateDirectories: true
      )
    }
    try self.init(at: location)
  }

  private init(at location: URL) throws {
    let database = try DatabaseStore(at: Self.databaseFile(in: location))
    self.init(location: location, database: database) { Date() }
  }

  /// Puts a workspace together from its parts, for tests.
  package init(location: URL, database: DatabaseStore, now: @escaping @Sendable () -> Date) {
    self.location = location
    self.database = database
    self.now = now
  }

  /// Whether a folder holds a workspace.
  public static func exists(at location: URL) -> Bool {
    FileManager.default.fileExists(atPath: databaseFile(in: location).path)
  }

  /// Where a workspace is looked for: the named folder, else `TUNIX_RT_WORKSPACE`, else
  /// `.tunix-rt` in the home folder.
  public static func location(named name: String?, environment: [String: String]) -> URL {
    let variable = environment["TUNIX_RT_WORKSPACE"] ?? ""
    if let name { return URL(filePath: name, directoryHint: .isDirectory).standardizedFileURL }
    if !variable.isEmpty {
      return URL(filePath: variable, directoryHint: .isDirectory).standardizedFileURL
    }
    return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".tunix-rt")
  }

  private static func databaseFile(in folder: URL) -> URL {
    folder.appending(path: "tunix-rt.sqlite")
  }
}

extension WorkspaceFolder {
  /// The artifacts.
  public var artifacts: ArtifactStore {
    ArtifactStore(folder: location.appending(path: "artifacts"))
  }

  /// The access tokens.
  public var access: AccessLibrary { AccessLibrary(database: database, now: now) }

  /// The memory of requests with an idempotency key.
  public var requests: RequestLedger { RequestLedger(database: database, now: now) }

  /// The traces.
  public var traces: TraceLibrary { TraceLibrary(database: database, now: now) }

  /// UNGAR's games, where its package is installed.
  public var ungar: UngarIntegration {
    UngarIntegration(environment: ProcessInfo.processInfo.environment)
  }

  /// The datasets.
  public var datasets: DatasetLibrary { DatasetLibrary(database: database, now: now) }

  /// The evaluation sets.
  public var evaluationSets: EvaluationSetLibrary {
    EvaluationSetLibrary(database: database, datasets: datasets, now: now)
  }

  /// The runs.
  public var runs: RunLibrary {
    RunLibrary(database: database, folder: location.appending(path: "runs"), now: now)
  }

  /// The comparisons.
  public var comparisons: ComparisonLibrary {
    ComparisonLibrary(
      database: database,
      runs: runs,
      datasets: datasets,
      artifacts: artifacts,
      now: now
    )
  }

  /// The promoted models.
  public var registry: ModelRegistry {
    ModelRegistry(
      database: database,
      runs: runs,
      comparisons: comparisons,
      datasets: datasets,
      models: models,
      artifacts: artifacts,
      now: now
    )
  }

  /// The base models, with the hub as the environment names it.
  public var models: ModelCatalogue {
    models(
      entries: CatalogueEntry.all,
      hub: HubEndpoint(environment: ProcessInfo.processInfo.environment)
    )
  }

  /// The base models of another catalogue, fetched from another hub, with other variables for the
  /// package tool.
  public func models(
    entries: [CatalogueEntry],
    hub: HubEndpoint,
    packageSettings: [String: String] = [:]
  ) -> ModelCatalogue {
    ModelCatalogue(
      entries: entries,
      hub: hub,
      packageSettings: packageSettings,
      folder: location.appending(path: "models"),
      database: database,
      now: now
    )
  }
}
