internal import Synchronization

/// A weight that training does not change, laid out once for products in both directions.
///
/// In f32 the weight lies in panels (see `PanelCodec`), in the file's own number format where that loses
/// nothing: a product uses exactly the float32 values that the stored numbers stand for, so its result
/// is bit-identical to that of the same weight in float32. One copy serves both directions. A row of a
/// result depends on that row alone (see `PanelProduct`).
///
/// In bf16 weights and inputs are rounded to bf16 and sums are kept in float32: by oneDNN in its own layout
/// where the CPU has such products, else by the panels' kernels on rounded values.
public final class FrozenWeight: Sendable {
  /// The number of output features, N.
  public let rows: Int
  /// The number of input features, K.
  public let columns: Int
  /// The number format of the products.
  public let dataType: DataType

  private enum Layout: Sendable {
    case panels(PanelSet, ForwardPanels, BackwardPanels)
    case library(LibraryWeight)
  }

  private let layout: Layout

  /// Takes the weight `[N, K]`; the values are copied.
  public convenience init(_ values: Matrix, dataType: DataType) {
    let part = WeightPart(rows: values.rows, format: nil, blocks: nil) { range, span in
      for row in range {
        for column in 0..<values.columns {
          span[(row - range.lowerBound) * values.columns + column] = values[row, column]
        }
      }
    }
    do {
      try self.init([part], columns: values.columns, dataType: dataType)
    } catch {
      preconditionFailure("copying from memory cannot fail: \(error)")
    }
  }

  /// Reads the parts, one under another, and lays them out for the products.
  ///
  /// Throws what a part's reader throws.
  public init(_ parts: [WeightPart], columns: Int, dataType: DataType) throws {
    rows = parts.reduce(0) { $0 + $1.rows }
    self.columns = columns
    self.dataType = dataType
    if dataType == .bf16 && Processor.current.hasBF16 {
      layout = .library(try LibraryWeight(parts, columns: columns))
    } else {
      let stores = try parts.map { try PanelStore(reading: $0, columns: columns, dataType) }
      let panels = PanelSet(stores, columns: columns)
      layout = .panels(panels, ForwardPanels(panels), BackwardPanels(panels))
    }
  }

  /// Computes `y = x Wᵀ`, or adds it to `y`.
  ///
  /// Shapes: `x` `[M, K]`, `y` `[M, N]`; in bf16 both are activations.
  public func apply(_ x: Matrix, into y: Matrix, accumulate: Bool = false) throws(TensorError) {
    let span = Profiling.beginProduct(rows: x.rows, columns: rows, inner: columns)
    defer { Profiling.end(span) }
    precondition(
      x.columns == columns && y.columns == rows && x.rows == y.rows,
      "x W^T of the wrong shape"
    )
    switch layout {
    case .library(let weight): try weight.apply(x, into: y, accumulate: accumulate)
    case .panels(let panels, let forward, _):
      rounding(x) { x in
        if FewRowsProduct.suits(panels, rows: x.rows) {
          FewRowsProduct(weight: panels, x: x, y: y, accumulate: accumulate).run()
        } else {
          multiply(x, forward, into: y, accumulate: accumulate)
        }
      }
    }
  }

  /// Computes `dx = dy W`, or adds it to `dx`.
  ///
  /// Shapes: `dy` `[M, N]`, `dx` `[M, K]`; in bf16 both are activations.
  public func applyTransposed(
    _ dy: Matrix,
    into dx: Matrix,
    accumulate: Bool = false
  ) throws(TensorError) {
    let span = Profiling.beginProduct(rows: dy.rows, columns: columns, inner: rows)
    defer { Profiling.end(span) }
    precondition(
      dy.columns == rows && dx.columns == columns && dy.rows == dx.rows,
      "dy W of the wrong shape"
    )
    switch layout {
    case .library(let weight): try weight.applyTransposed(dy, into: dx, accumulate: accumulate)
    case .panels(_, _, let backward):
      rounding(dy) { dy in multiply(dy, backward, into: dx, accumulate: accumulate) }
    }
  }

  /// Copies the rows `ids` into `target`, row after row: an embedding lookup.
  public func gather(_ ids: [Int32], into target: Matrix) {
    let span = Profiling.begin(.embedding)
    defer { Profiling.end(span) }
    precondition(target.columns == columns && target.rows >= ids.count, "gather of the wrong shape")
    parallelRanges(ids.count, atLeast: 16) { range in
      for position in range {
        let index = Int(ids[position])
        precondition(index >= 0 && index < rows, "row \(index) of a table of \(rows)")
        let destination = unsafe target.row(position)
        switch layout {
        case .library(let weight): unsafe weight.copyRow(index, to: destination)
        case .panels(let panels, _, _): unsafe panels.copyRow(index, to: destination)
        }
      }
    }
  }

  private func multiply(
    _ x: Matrix,
    _ source: some PanelSource,
    into y: Matrix,
    accumulate: Bool
  ) {
    let left = unsafe LeftFactor(
      a: UnsafePointer(x.base),
      aRow: x.stride,
      aStep: 1,
      rows: x.rows,
      inner: x.columns
    )
    unsafe PanelProduct(
      left: left,
      source: source,
      c: y.base,
      cRow: y.stride,
      accumulate: accumulate
    )
    .run()
  }

  /// Calls `body` with `x`, in bf16 with its values rounded.
  private func rounding(_ x: Matrix, _ body: (Matrix) -> Void) {
    guard dataType == .bf16 else { return body(x) }
    let rounded = Matrix(rows: x.rows, columns: x.columns)
    parallelRanges(x.rows, atLeast: 16) { range in
      for row in range {
        let (source, target) = unsafe (x.row(row), rounded.row(row))
        for column in 0..<x.columns {
          unsafe target[column] = unsafe BrainFloat.rounded(source[column])
        }
      }
    }
    body(rounded)
  }
}
