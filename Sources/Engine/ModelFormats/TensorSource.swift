/// Named tensors that can be read as float32.
///
/// Shapes are row-major, slowest dimension first. A "row" is a run of the last dimension: a tensor
/// of shape `[a, b, c]` has `a * b` rows of `c` values, a vector is one row.
public protocol TensorSource: Sendable {
  /// Where the tensors come from, for error texts.
  var path: String { get }

  /// The names of all tensors, in file order.
  var names: [String] { get }

  /// The shape of a tensor; nil if there is none of that name.
  func shape(of name: String) -> [Int]?

  /// How the tensor is stored; nil if there is none of that name.
  func elementType(of name: String) -> ElementType?

  /// Decodes some rows into `destination`, which must have room for exactly those.
  ///
  /// Large requests use all cores; the values do not depend on that.
  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError)

  /// The type whose blocks are all that a tensor's values are made of, so that its rows can be kept as
  /// they are stored; nil if there is none of that name, or if its values are computed in another way.
  func blockType(of name: String) -> ElementType?

  /// Copies the stored blocks of some rows into `destination`, which must have room for exactly those.
  ///
  /// Rows come in the same order as from `decodeRows`; `blockType` must not be nil.
  func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError)
}

extension TensorSource {
  /// No type: values that are computed lie in no file's blocks.
  public func blockType(of name: String) -> ElementType? { nil }

  /// Refuses: a source without a block type has nothing to copy.
  public func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    throw .unsupported(path: path, what: "stored blocks of tensor \(name)", supported: ["values"])
  }
}

extension TensorSource {
  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { shape(of: name) != nil }

  /// Decodes a whole tensor into `destination`, which must have exactly its size.
  public func decode(
    _ name: String,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard let shape = shape(of: name) else { throw .missingTensor(path: path, name: name) }
    try decodeRows(of: name, 0..<Matrix(shape).rows, into: &destination)
  }

  /// The values of a whole tensor.
  public func floats(of name: String) throws(FormatError) -> [Float] {
    guard let shape = shape(of: name) else { throw .missingTensor(path: path, name: name) }
    let matrix = Matrix(shape)
    return try [Float](count: matrix.rows * matrix.columns) { (span) throws(FormatError) in
      try decodeRows(of: name, 0..<matrix.rows, into: &span)
    }
  }
}

extension TensorSource {
  /// Throws unless the tensor exists and has this shape.
  public func require(_ name: String, shape expected: [Int]) throws(FormatError) {
    guard let found = shape(of: name) else { throw .missingTensor(path: path, name: name) }
    guard found == expected else {
      throw .wrongShape(path: path, name: name, expected: expected, found: found)
    }
  }

  /// The values of a whole tensor, which must have this shape.
  public func floats(of name: String, shape: [Int]) throws(FormatError) -> [Float] {
    try require(name, shape: shape)
    return try floats(of: name)
  }
}

/// A shape seen as rows of its last dimension.
struct Matrix: Hashable, Sendable {
  let rows: Int
  let columns: Int

  init(_ shape: [Int]) {
    columns = shape.last ?? 1
    rows = shape.dropLast().reduce(1, *)
  }
}
