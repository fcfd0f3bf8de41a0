public import Experiments
import Files
public import Foundation
public import Foundations
public import Rendering
public import Workspace

/// A model as somebody named it, found: its file, and the adapter that goes with it.
public struct ModelReference: Sendable {
  /// The name that was asked for.
  public let name: String
  /// The base model's name or path.
  public let baseName: String
  /// The base model's file or folder.
  public let url: URL
  /// The sha256 that the workspace knows for the file; nil for a path.
  public let knownHash: ContentHash?
  /// The adapter's folder, for a promoted model that has one.
  public let adapter: URL?
  /// The promoted version, for a name with an alias or label.
  public let version: ModelVersion?
  /// The chat template that somebody named for it; nil takes the model's own.
  public var chatTemplate: ChatTemplate?

  /// Finds a model by `family@alias`, by its catalogue name, or by path, in that order.
  ///
  /// `workspace` may be nil; then only paths are found.
  public static func find(_ name: String, in workspace: WorkspaceFolder?) throws -> ModelReference {
    if name.contains("@"), let workspace, FileKind(at: URL(filePath: name)) == .missing {
      return try promoted(name, in: workspace)
    }
    if let workspace, let model = try workspace.models.pulled(name) {
      return ModelReference(
        name: name,
        baseName: name,
        url: workspace.models.file(of: model),
        knownHash: model.sha256,
        adapter: nil,
        version: nil
      )
    }
    let catalogue = CatalogueEntry.all.map(\.name)
    if catalogue.contains(name) { throw ExecutionError.modelNotPulled(name: name) }
    let url = URL(filePath: name)
    guard FileKind(at: url) != .missing else {
      throw ExecutionError.unknownModel(name: name, known: catalogue)
    }
    return ModelReference(
      name: name,
      baseName: name,
      url: url,
      knownHash: nil,
      adapter: nil,
      version: nil
    )
  }

  private static func promoted(
    _ name: String,
    in workspace: WorkspaceFolder
  ) throws -> ModelReference {
    let version = try workspace.registry.resolve(name)
    let template = try version.provenance.configuration["chat_template"]?.string
      .map { try ChatTemplate(named: $0) }
    if let model = try workspace.registry.model(of: version) {
      return ModelReference(
        name: name,
        baseName: name,
        url: model,
        knownHash: version.sha256,
        adapter: nil,
        version: version,
        chatTemplate: template
      )
    }
    let base = try find(version.provenance.baseModel, in: workspace)
    let found = try base.contentHash()
    guard found == version.provenance.baseModelHash else {
      throw ExecutionError.contradiction(
        "\(name) was made from a base model with sha256 \(version.provenance.baseModelHash), "
          + "and \(base.url.path) has \(found)"
      )
    }
    return ModelReference(
      name: name,
      baseName: base.baseName,
      url: base.url,
      knownHash: found,
      adapter: try workspace.registry.adapter(of: version),
      version: version,
      chatTemplate: template
    )
  }

  /// The instruction that a promoted model's training questions ended with.
  public var instruction: AnswerInstruction? {
    guard let version, version.kind == .trained else { return nil }
    return version.provenance.configuration["instruction"]?.string
      .flatMap(AnswerInstruction.init(rawValue:))
  }

  /// The base model's name for others: as it is published, else its path as it was given.
  var publishedName: String {
    CatalogueEntry.all.first { $0.name == baseName }?.publishedName ?? baseName
  }

  /// The sha256 of the model's file, or of its folder by the registry's rule.
  public func contentHash() throws -> ContentHash {
    if let knownHash { return knownHash }
    switch FileKind(at: url) {
    case .folder: return try FileHash.ofFolder(url).hash
    case .file, .missing: return try FileHash.sha256(of: url)
    }
  }
}
