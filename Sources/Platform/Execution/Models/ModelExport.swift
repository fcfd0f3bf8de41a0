import DecoderModels
import Files
public import Foundation
public import Foundations
import ModelFormats

/// Writes a model, with an adapter merged into it where one is given, as a file or folder of its own.
public struct ModelExport: Sendable {
  /// What kinds of model files are written.
  public enum Format: String, Sendable, CaseIterable {
    /// One GGUF file.
    case gguf
    /// A folder in Hugging Face's form.
    case huggingFace = "huggingface"
  }

  /// What was written.
  public struct Outcome: Sendable {
    /// The file or folder.
    public let url: URL
    /// The kind of model file.
    public let format: Format
    /// The number format of its matrices.
    public let type: String
    /// Its size.
    public let sizeBytes: Int
    /// The sha256 of the file, or of the folder by the registry's rule.
    public let sha256: ContentHash
    /// The adapter that was merged into it.
    public let adapter: URL?
  }

  /// What kind of model file is written.
  public var format: Format
  /// The name of the number format: f32, f16 or q8_0.
  public var type: String
  /// The adapter to merge, in PEFT's format; nil for that of a promoted model, if it has one.
  public var adapter: URL?
  /// Folders are split into files of at most so many bytes.
  public var shardLimitBytes = ModelExporter.usualShardLimitBytes

  /// The names of the number formats.
  public static let typeNames = ExportType.allNames

  /// An export with the given form.
  public init(format: Format, type: String, adapter: URL? = nil) {
    self.format = format
    self.type = type
    self.adapter = adapter
  }

  /// Writes the model to `url`, where nothing may be.
  public func run(_ reference: ModelReference, to url: URL) throws -> Outcome {
    guard let type = ExportType(rawValue: type) else {
      throw ExecutionError.input(
        "\(self.type) is no number format of exports; use "
          + Self.typeNames.joined(separator: ", ")
      )
    }
    guard FileKind(at: url) == .missing else { throw FileError.exists(path: url.path) }
    let model = try ModelFormats.ModelSource.open(reference.url)
    let folder = adapter ?? reference.adapter
    let merged = try folder.map { folder in
      try MergedTensors(
        model.tensors,
        adapter: try AdapterFolder.read(folder, model: model.configuration)
      )
    }
    let exporter = ModelExporter(model, tensors: merged)
    switch format {
    case .gguf: try exporter.writeGGUF(to: url, type: type, name: reference.name)
    case .huggingFace:
      try exporter.writeFolder(to: url, type: type, shardLimitBytes: shardLimitBytes)
    }
    return try outcome(at: url, folder)
  }

  private func outcome(at url: URL, _ adapter: URL?) throws -> Outcome {
    let (hash, size) =
      switch format {
      case .gguf: (try FileHash.sha256(of: url), try FileSize.of(url))
      case .huggingFace: try FileHash.ofFolder(url)
      }
    return Outcome(
      url: url,
      format: format,
      type: type,
      sizeBytes: size,
      sha256: hash,
      adapter: adapter
    )
  }
}

private enum FileSize {
  static func of(_ url: URL) throws -> Int {
    try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
  }
}
