public import Foundation

/// A safetensors file mapped into memory.
///
/// Layout: 8 bytes little-endian header length, a JSON header `{"name": {"dtype", "shape",
/// "data_offsets": [from, to]}, "__metadata__": {…}}`, then the data, row-major, without holes.
/// Specification: the README of huggingface/safetensors. F32, F16 and BF16 can be decoded; asking
/// for a tensor of another type throws and names the type.
public struct SafetensorsFile: TensorSource {
  /// The texts under `__metadata__`, by key.
  public let metadata: [String: String]
  let contents: MappedTensors
  /// The type names of tensors that cannot be decoded, by tensor name.
  private let unreadable: [String: String]

  /// Maps the file, reads its header and checks that the tensors fill the data.
  public init(mapping url: URL) throws(FormatError) {
    let file = try MappedFile(url)
    let header = try file.withBytes(0..<file.count) { (bytes) throws(FormatError) in
      try SafetensorsHeader(of: bytes, path: url.path)
    }
    metadata = header.metadata
    contents = MappedTensors(file: file, tensors: header.tensors)
    unreadable = header.unreadable
  }

  /// Where the file lies.
  public var path: String { contents.file.path }

  /// The names of all tensors that can be decoded, in the order of their data.
  public var names: [String] { contents.tensors.map(\.name) }

  /// The shape of a tensor, slowest dimension first.
  public func shape(of name: String) -> [Int]? { contents.tensor(named: name)?.shape }

  /// How a tensor is stored.
  public func elementType(of name: String) -> ElementType? { contents.tensor(named: name)?.type }

  /// Decodes some rows.
  public func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    if let type = unreadable[name] {
      throw .unsupported(
        path: path,
        what: "element type \(type) of tensor \(name)",
        supported: SafetensorsHeader.readableTypes
      )
    }
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
}
