import Files
public import Foundation
import Foundations

/// A tensor to be written: float32 values in row-major order.
public struct NamedTensor: Hashable, Sendable {
  /// Its name in the file.
  public let name: String
  /// Its shape, slowest dimension first.
  public let shape: [Int]
  /// Its values; as many as the shape says.
  public let values: [Float]

  /// A tensor with its name and shape.
  public init(name: String, shape: [Int], values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// Writes safetensors files: float32, byte for byte the same for the same tensors.
///
/// As the format's own library does it: tensors in the order of their names (all have the same
/// type), the header padded with spaces to a multiple of eight bytes. Metadata keys are sorted too.
public enum SafetensorsWriter {
  /// Writes the file atomically; `["format": "pt"]` is the metadata that PEFT expects.
  public static func write(
    _ tensors: [NamedTensor],
    metadata: [String: String] = ["format": "pt"],
    to url: URL
  ) throws(FormatError) {
    let bytes = encode(tensors, metadata: metadata)
    do {
      try AtomicFile.write(bytes, to: url)
    } catch {
      throw .file(error)
    }
  }

  /// The bytes of the file.
  ///
  /// Traps if two tensors have one name or if a shape does not match its values.
  public static func encode(_ tensors: [NamedTensor], metadata: [String: String]) -> [UInt8] {
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var bytes = header(sorted, metadata)
    bytes.reserveCapacity(bytes.count + 4 * sorted.reduce(0) { $0 + $1.values.count })
    for tensor in sorted {
      for value in tensor.values { append(value.bitPattern, to: &bytes) }
    }
    return bytes
  }

  private static func header(_ tensors: [NamedTensor], _ metadata: [String: String]) -> [UInt8] {
    let entries = tensors.map { tensor in
      precondition(
        tensor.shape.reduce(1, *) == tensor.values.count,
        "a shape that does not match its values"
      )
      return WrittenTensor(
        name: tensor.name,
        sourceName: tensor.name,
        shape: tensor.shape,
        type: .float32
      )
    }
    return header(entries, metadata)
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}

// MARK: files too large for memory

extension SafetensorsWriter {
  /// Writes every tensor of a source as float32, atomically and one after another, so that little
  /// memory is needed.
  public static func write(
    allOf source: any TensorSource,
    to url: URL
  ) throws(FormatError) {
    let tensors = try source.names.map { (name) throws(FormatError) in
      guard let shape = source.shape(of: name) else {
        throw FormatError.missingTensor(path: source.path, name: name)
      }
      return WrittenTensor(name: name, sourceName: name, shape: shape, type: .float32)
    }
    try write(tensors, from: source, to: url)
  }

  /// Writes the file atomically, one tensor after another, all of one type.
  static func write(
    _ tensors: [WrittenTensor],
    from source: any TensorSource,
    to url: URL
  ) throws(FormatError) {
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let start = header(sorted, ["format": "pt"])
    try FormatError.writing(to: url) { (writer) throws(FormatError) in
      try writer.put(start)
      for tensor in sorted { try tensor.write(from: source, to: &writer) }
    }
  }

  /// The header's length and text, for tensors in the order of their data.
  private static func header(_ tensors: [WrittenTensor], _ metadata: [String: String]) -> [UInt8] {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let value = JSONValue.object(
        texts.map { JSONValue.Member(key: $0.key, value: .string($0.value)) }
      )
      members.append(JSONValue.Member(key: "__metadata__", value: value))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      precondition(
        members.last.map { !$0.key.hasSameBytes(as: tensor.name) } ?? true,
        "two tensors of one name"
      )
      let entry: JSONValue = [
        "dtype": .string(tensor.type.rawValue),
        "shape": .array(tensor.shape.map { JSONValue($0) }),
        "data_offsets": [JSONValue(offset), JSONValue(end)],
      ]
      members.append(JSONValue.Member(key: tensor.name, value: entry))
      offset = end
    }
    var text = Array(JSONValue.object(members).compact.utf8)
    while !text.count.isMultiple(of: 8) { text.append(0x20) }
    var bytes: [UInt8] = []
    append(UInt32(truncatingIfNeeded: text.count), to: &bytes)
    append(UInt32(truncatingIfNeeded: text.count >> 32), to: &bytes)
    return bytes + text
  }
}
