public import Foundation

/// A tensor as a GGUF file describes it.
public struct GGUFTensorInfo: Hashable, Sendable {
  /// Its name in the file.
  public let name: String
  /// Its dimensions, fastest first, as the file has them: `[576, 49152]` is 49152 rows of 576.
  public let dimensions: [Int]
  /// How its values are stored.
  public let type: ElementType
  /// Where its bytes start, counted from the start of the file.
  public let offset: Int
  /// How many bytes it takes.
  public let byteCount: Int
}

/// A GGUF file mapped into memory: metadata and tensors under the file's own names.
///
/// Opening reads and checks the header only; values are decoded when asked for. As a
/// `TensorSource` it gives what the file stores: q and k of a Llama stay permuted. `ModelSource`
/// is the door to the usual names and order.
public struct GGUFFile: TensorSource {
  /// The version of the format, 2 or 3.
  public let version: Int
  /// The metadata.
  public let metadata: GGUFMetadata
  let contents: MappedTensors

  /// Maps the file and reads its header.
  public init(mapping url: URL) throws(FormatError) {
    let file = try MappedFile(url)
    let header = try file.withBytes(0..<file.count) { (bytes) throws(FormatError) in
      try GGUFReader.header(of: bytes, path: url.path)
    }
    version = Int(header.version)
    metadata = header.metadata
    contents = MappedTensors(file: file, tensors: header.tensors)
  }

  /// Where the file lies.
  public var path: String { contents.file.path }

  /// All tensors, in file order.
  public var tensors: [GGUFTensorInfo] { contents.tensors.map(Self.info) }

  /// The tensor of that name.
  public func tensor(named name: String) -> GGUFTensorInfo? {
    contents.tensor(named: name).map(Self.info)
  }

  /// The names of all tensors, in file order.
  public var names: [String] { contents.tensors.map(\.name) }

  /// The shape of a tensor, slowest dimension first.
  public func shape(of name: String) -> [Int]? { contents.tensor(named: name)?.shape }

  /// How a tensor is stored.
  public func elementType(of name: String) -> ElementType? { contents.tensor(named: name)?.type }

  /// Decodes some rows, in file order.
  public func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    try contents.decodeRows(of: name, rows, into: &destination)
  }

  /// How a tensor is stored: its values are nothing but its blocks.
  public func blockType(of name: String) -> ElementType? { contents.tensor(named: name)?.type }

  /// Copies the blocks of some rows, in file order.
  public func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    try contents.copyBlocks(of: name, rows, into: &destination)
  }

  private static func info(_ tensor: StoredTensor) -> GGUFTensorInfo {
    GGUFTensorInfo(
      name: tensor.name,
      dimensions: tensor.shape.reversed(),
      type: tensor.type,
      offset: tensor.offset,
      byteCount: tensor.byteCount
    )
  }
}
