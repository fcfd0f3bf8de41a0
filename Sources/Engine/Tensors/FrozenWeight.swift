// Protected by the engine's one-thread rule; the lazily made packed copies are written on that thread only.
/// A weight that training does not change, laid out once for products in both directions.
///
/// In f32 one plain copy `[N, K]` serves forward and backward; in bf16 oneDNN's blocked layout is
/// used, one copy a direction (the second is made when a backward product first asks for it).
public final class FrozenWeight: @unchecked Sendable {
  /// The number of output features, N.
  public let rows: Int
  /// The number of input features, K.
  public let columns: Int
  /// The number format of the products.
  public let dataType: DataType

  private let plain: Matrix?
  private let rounded: FactorStorage?
  private var forward: PackedProducts?
  private var backward: PackedProducts?

  /// Takes the weight `[N, K]`; in bf16 the values are rounded and the float32 block is let go.
  public init(_ values: Matrix, dataType: DataType) {
    precondition(values.stride == values.columns, "a weight lies row after row")
    rows = values.rows
    columns = values.columns
    self.dataType = dataType
    switch dataType {
    case .f32:
      plain = values
      rounded = nil
    case .bf16:
      plain = nil
      let block = FactorStorage(.bf16, count: values.rows * values.columns)
      block.fill(from: values, rows: values.rows)
      rounded = block
    }
  }

  /// Computes `y = x Wᵀ`, or adds it to `y`.
  ///
  /// Shapes: `x` `[M, K]`, `y` `[M, N]`, both activations.
  public func apply(_ x: Matrix, into y: Matrix, accumulate: Bool = false) throws(TensorError) {
    precondition(x.columns == columns && y.columns == rows, "x W^T of the wrong shape")
    if let plain {
      multiply(
        x,
        .plain,
        plain,
        .transposed,
        into: y,
        accumulate: accumulate,
        padsRows: true
      )
    } else if let rounded {
      let products =
        forward ?? PackedProducts(rounded, inner: columns, outer: rows, isTransposed: true)
      forward = products
      try products.multiply(x, into: y, accumulate: accumulate)
    }
  }

  /// Computes `dx = dy W`, or adds it to `dx`.
  ///
  /// Shapes: `dy` `[M, N]`, `dx` `[M, K]`, both activations.
  public func applyTransposed(
    _ dy: Matrix,
    into dx: Matrix,
    accumulate: Bool = false
  ) throws(TensorError) {
    precondition(dy.columns == rows && dx.columns == columns, "dy W of the wrong shape")
    if let plain {
      multiply(dy, .plain, plain, .plain, into: dx, accumulate: accumulate, padsRows: true)
    } else if let rounded {
      let products =
        backward ?? PackedProducts(rounded, inner: rows, outer: columns, isTransposed: false)
      backward = products
      try products.multiply(dy, into: dx, accumulate: accumulate)
    }
  }

  /// Copies the rows `ids` into `target`, row after row: an embedding lookup.
  public func gather(_ ids: [Int32], into target: Matrix) {
    precondition(target.columns == columns && target.rows >= ids.count, "gather of the wrong shape")
    for (position, id) in ids.enumerated() {
      let index = Int(id)
      precondition(index >= 0 && index < rows, "row \(index) of a table of \(rows)")
      let destination = unsafe target.row(position)
      if let plain {
        unsafe destination.update(from: plain.row(index), count: columns)
      } else if let rounded {
        unsafe rounded.copyRow(index, columns: columns, to: destination)
      }
    }
  }
}
