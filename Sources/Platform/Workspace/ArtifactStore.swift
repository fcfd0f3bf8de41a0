import Files
public import Foundation
public import Foundations

/// Files and folders that never change, each under its own sha256.
///
/// An artifact is written under a temporary name and takes its address only when it is complete;
/// storing the same content twice keeps one copy.
public struct ArtifactStore: Sendable {
  /// The folder of the store.
  public let folder: URL

  /// Names the store's folder; it is made when something is stored.
  public init(folder: URL) {
    self.folder = folder
  }

  /// Where the artifact of a hash stands, whether or not it is there: `sha256/ab/abcd…`.
  public func location(of hash: ContentHash) -> URL {
    folder.appending(path: "sha256").appending(path: String(hash.hex.prefix(2)))
      .appending(path: hash.hex)
  }

  /// Whether the artifact is there; `verify` looks at its bytes.
  public func contains(_ hash: ContentHash) -> Bool {
    FileKind(at: location(of: hash)) != .missing
  }

  /// Stores bytes as a file.
  @discardableResult
  public func store(_ bytes: [UInt8]) throws -> ContentHash {
    let hash = ContentHash(of: bytes)
    let place = location(of: hash)
    if contains(hash) { return hash }
    try makeParent(of: place)
    try AtomicFile.write(bytes, to: place)
    return hash
  }

  /// Copies a folder with all its files, and returns its hash by the registry's rule and its size.
  @discardableResult
  public func store(folder source: URL) throws -> (hash: ContentHash, sizeBytes: Int) {
    let (hash, sizeBytes) = try FileHash.ofFolder(source)
    let place = location(of: hash)
    if contains(hash) {
      try verify(hash)
      return (hash, sizeBytes)
    }
    try makeParent(of: place)
    try AtomicFolder.writing(to: place) { temporary in
      for name in try FileManager.default.contentsOfDirectory(atPath: source.path) {
        try FileManager.default.copyItem(
          at: source.appending(path: name),
          to: temporary.appending(path: name)
        )
      }
      let copied = try FileHash.ofFolder(temporary).hash
      guard copied == hash else {
        throw WorkspaceError.damagedArtifact(expected: hash, found: copied, path: source.path)
      }
    }
    return (hash, sizeBytes)
  }

  /// Reads a file that was stored.
  public func bytes(of hash: ContentHash) throws -> [UInt8] {
    let place = location(of: hash)
    guard let data = FileManager.default.contents(atPath: place.path) else {
      throw WorkspaceError.damagedArtifact(expected: hash, found: nil, path: place.path)
    }
    return Array(data)
  }

  /// Hashes the artifact's bytes anew and throws where they are not what its address says.
  public func verify(_ hash: ContentHash) throws {
    let place = location(of: hash)
    let found: ContentHash? =
      switch FileKind(at: place) {
      case .missing: nil
      case .folder: try FileHash.ofFolder(place).hash
      case .file: try FileHash.sha256(of: place)
      }
    guard found == hash else {
      throw WorkspaceError.damagedArtifact(expected: hash, found: found, path: place.path)
    }
  }

  private func makeParent(of place: URL) throws {
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
  }
}
