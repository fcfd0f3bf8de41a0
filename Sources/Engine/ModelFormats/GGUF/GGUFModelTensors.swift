/// The tensors of a GGUF model under Hugging Face's names and in its order.
///
/// Rows of q and k of a Llama are put back into the order before llama.cpp's conversion, the one
/// that it added to Gemma's norm weights is taken away again, and GPT-2's linear layers are `[in, out]`.
struct GGUFModelTensors: TensorSource {
  private struct Entry {
    let storedName: String
    let order: HeadOrder?
    let isStoredPlusOne: Bool
    let isTransposed: Bool
  }

  let names: [String]
  private let file: GGUFFile
  private let entries: [String: Entry]

  init(_ file: GGUFFile, _ configuration: DecoderConfiguration) throws(FormatError) {
    var names: [String] = []
    var entries: [String: Entry] = [:]
    for stored in file.names {
      guard let name = GGUFNames.huggingFaceName(of: stored, configuration.family) else {
        throw .unsupported(
          path: file.path,
          what: "tensor \(stored)",
          supported: ["the tensors of \(configuration.family)"]
        )
      }
      names.append(name)
      entries[name] = Entry(
        storedName: stored,
        order: try Self.order(of: name, stored, file, configuration),
        isStoredPlusOne: GGUFNames.isPlusOne(name, configuration.family),
        isTransposed: GGUFNames.isTransposed(name, configuration.family)
      )
    }
    self.names = names
    self.file = file
    self.entries = entries
  }

  var path: String { file.path }

  func shape(of name: String) -> [Int]? {
    guard let entry = entries[name], let shape = file.shape(of: entry.storedName) else {
      return nil
    }
    return entry.isTransposed ? shape.reversed() : shape
  }

  func elementType(of name: String) -> ElementType? {
    entries[name].flatMap { file.elementType(of: $0.storedName) }
  }

  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard let entry = entries[name] else { throw .missingTensor(path: path, name: name) }
    guard !entry.isTransposed else {
      return try decodeColumns(of: entry.storedName, rows, into: &destination)
    }
    try file.contents.decodeRows(of: entry.storedName, rows, order: entry.order, into: &destination)
    if entry.isStoredPlusOne {
      for i in 0..<destination.count { destination[i] -= 1 }
    }
  }

  /// Columns of a stored tensor as rows: reads all of it, a bounded number of rows at a time.
  private func decodeColumns(
    of name: String,
    _ columns: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    let stored = Matrix(file.shape(of: name) ?? [])
    guard columns.lowerBound >= 0, columns.upperBound <= stored.columns else {
      throw .wrongSize(name: name, expected: stored.columns, found: columns.upperBound)
    }
    guard destination.count == columns.count * stored.rows else {
      throw .wrongSize(
        name: name,
        expected: columns.count * stored.rows,
        found: destination.count
      )
    }
    let step = max(1, (1 << 20) / stored.columns)
    for first in stride(from: 0, to: stored.rows, by: step) {
      let rows = first..<min(stored.rows, first + step)
      let values = try [Float](count: rows.count * stored.columns) { (span) throws(FormatError) in
        try file.decodeRows(of: name, rows, into: &span)
      }
      for row in rows {
        let start = (row - first) * stored.columns
        for column in columns {
          let place = (column - columns.lowerBound) * stored.rows + row
          destination[place] = values[start + column]
        }
      }
    }
  }

  func blockType(of name: String) -> ElementType? {
    guard let entry = entries[name], !entry.isStoredPlusOne, !entry.isTransposed else { return nil }
    return file.blockType(of: entry.storedName)
  }

  func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    guard let entry = entries[name] else { throw .missingTensor(path: path, name: name) }
    try file.contents.copyBlocks(of: entry.storedName, rows, order: entry.order, into: &destination)
  }

  private static func order(
    of name: String,
    _ stored: String,
    _ file: GGUFFile,
    _ configuration: DecoderConfiguration
  ) throws(FormatError) -> HeadOrder? {
    guard configuration.family == .llama,
      name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj.")
    else { return nil }
    guard name.hasSuffix(".weight") else {
      throw .unsupported(path: file.path, what: "tensor \(stored)", supported: ["no bias of q, k"])
    }
    let heads = name.contains(".q_proj.") ? configuration.heads : configuration.kvHeads
    let expected = [heads * configuration.headSize, configuration.hiddenSize]
    try file.require(stored, shape: expected)
    return HeadOrder(headSize: configuration.headSize)
  }
}
