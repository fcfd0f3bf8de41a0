/// The description of a tensor as it stands in the file.
private struct TensorRecord {
  let name: String
  /// Row-major, slowest first.
  let shape: [Int]
  let type: ElementType
  /// Counted from the start of the data.
  let offset: UInt64
  let byteCount: Int
  /// Where the description starts, for error texts.
  let position: Int
}

extension GGUFReader {
  /// Reads all tensor descriptions and checks that the tensors lie in the file, side by side.
  mutating func tensors(
    _ bytes: Span<UInt8>,
    _ count: Int,
    _ header: inout GGUFHeader
  ) throws(FormatError) {
    var records: [TensorRecord] = []
    var names: Set<String> = []
    for _ in 0..<count {
      let record = try tensor(bytes)
      guard names.insert(record.name).inserted else {
        throw damaged(record.position, "a new tensor name", "\(record.name) for the second time")
      }
      records.append(record)
    }
    let dataStart = (offset + header.alignment - 1) / header.alignment * header.alignment
    for record in records {
      header.tensors.append(
        try place(record, from: dataStart, in: bytes.count, aligned: header.alignment)
      )
    }
    try refuseOverlaps(header.tensors, records)
  }

  private mutating func tensor(_ bytes: Span<UInt8>) throws(FormatError) -> TensorRecord {
    let position = offset
    let name = try name(bytes, limit: 1024)
    let shape = try shape(bytes)
    let typeStart = offset
    let code = try uint32(bytes)
    guard let type = ElementType(ggufCode: code) else {
      guard code < 64 else { throw damaged(typeStart, "an element type", "\(code)") }
      throw .unsupported(
        path: path,
        what: "element type \(ElementType.ggufName(ofCode: code)) of tensor \(name)",
        supported: ElementType.allNames
      )
    }
    let columns = shape.last ?? 1
    guard columns.isMultiple(of: type.valuesPerBlock) else {
      throw damaged(
        position,
        "rows of whole \(type) blocks (\(type.valuesPerBlock) values)",
        "tensor \(name) with rows of \(columns)"
      )
    }
    let byteCount = try size(of: shape, type, position)
    let start = try uint64(bytes)
    return TensorRecord(
      name: name,
      shape: shape,
      type: type,
      offset: start,
      byteCount: byteCount,
      position: position
    )
  }

  private mutating func shape(_ bytes: Span<UInt8>) throws(FormatError) -> [Int] {
    let start = offset
    let rank = try uint32(bytes)
    guard (1...4).contains(rank) else { throw damaged(start, "1 to 4 dimensions", "\(rank)") }
    var fastestFirst: [Int] = []
    for _ in 0..<rank {
      let place = offset
      let length = try uint64(bytes)
      guard length > 0, let known = Int(exactly: length) else {
        throw damaged(place, "a dimension from 1 to 2^63 - 1", "\(length)")
      }
      fastestFirst.append(known)
    }
    return fastestFirst.reversed()
  }

  private func size(
    of shape: [Int],
    _ type: ElementType,
    _ position: Int
  ) throws(FormatError) -> Int {
    var values = 1
    for length in shape {
      let (product, overflow) = values.multipliedReportingOverflow(by: length)
      guard !overflow, product <= Int.max / 8 else {
        throw damaged(position, "a tensor of less than 2^60 values", "shape \(shape)")
      }
      values = product
    }
    return values / type.valuesPerBlock * type.bytesPerBlock
  }

  private func place(
    _ record: TensorRecord,
    from dataStart: Int,
    in fileBytes: Int,
    aligned alignment: Int
  ) throws(FormatError) -> StoredTensor {
    guard record.offset.isMultiple(of: UInt64(alignment)) else {
      throw damaged(
        record.position,
        "a tensor at a multiple of \(alignment) bytes",
        "\(record.name) at \(record.offset)"
      )
    }
    let room = fileBytes - dataStart - record.byteCount
    guard room >= 0, record.offset <= UInt64(room) else {
      throw damaged(
        record.position,
        "the \(record.byteCount) bytes of tensor \(record.name) inside the file",
        "offset \(record.offset) after byte \(dataStart) in a file of \(fileBytes) bytes"
      )
    }
    return StoredTensor(
      name: record.name,
      shape: record.shape,
      type: record.type,
      offset: dataStart + Int(record.offset),
      byteCount: record.byteCount
    )
  }

  private func refuseOverlaps(
    _ tensors: [StoredTensor],
    _ records: [TensorRecord]
  ) throws(FormatError) {
    let order = tensors.indices.sorted { tensors[$0].offset < tensors[$1].offset }
    for (first, second) in zip(order, order.dropFirst()) {
      let end = tensors[first].offset + tensors[first].byteCount
      guard tensors[second].offset >= end else {
        throw damaged(
          records[second].position,
          "tensor \(tensors[second].name) from byte \(end) on",
          "byte \(tensors[second].offset), inside tensor \(tensors[first].name)"
        )
      }
    }
  }
}
