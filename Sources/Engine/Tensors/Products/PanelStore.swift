/// Neighbouring rows of a weight `[N, K]` as panels of sixteen rows each, in the rows' own number format.
///
/// The sixteen rows of a panel are the columns of the product `x Wᵀ`. A last panel with fewer rows is
/// filled up with zeros; K is filled up to whole groups of eight steps.
// Protected by the engine's rule: a panel is written by one thread when the weight is made, then never again.
@safe final class PanelStore: @unchecked Sendable {
  /// N.
  let rows: Int
  /// K.
  let columns: Int
  let format: PanelFormat
  let panelBytes: Int
  private let base: UnsafeMutableRawPointer

  /// The rows of a panel.
  static let width = 16

  init(rows: Int, columns: Int, format: PanelFormat) {
    self.rows = rows
    self.columns = columns
    self.format = format
    let codec = format.codec
    precondition(
      codec.groups == 1 || columns % codec.blockSteps == 0,
      "\(columns) columns are not whole blocks of \(codec.blockSteps)"
    )
    let blocks = (columns + codec.blockSteps - 1) / codec.blockSteps
    panelBytes = blocks * codec.blockBytes
    let bytes = (rows + Self.width - 1) / Self.width * panelBytes
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: bytes + 64, alignment: 64)
  }

  deinit {
    unsafe base.deallocate()
  }

  /// The number of panels.
  var panels: Int { (rows + Self.width - 1) / Self.width }

  func panel(_ index: Int) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(base + index * panelBytes)
  }

  /// The rows of the weight that a panel holds.
  func rows(ofPanel index: Int) -> Range<Int> {
    Self.width * index..<min(rows, Self.width * (index + 1))
  }

  /// Makes a panel from its rows in the form of a file, one row's blocks after another.
  ///
  /// `format.panelFormat` of the source must be this store's format.
  func fill(_ index: Int, from source: UnsafeRawPointer, _ blocks: BlockFormat) {
    let target = unsafe base + index * panelBytes
    let live = rows(ofPanel: index).count
    if live < Self.width || columns % 8 != 0 {
      unsafe target.initializeMemory(as: UInt8.self, repeating: 0, count: panelBytes)
    }
    unsafe PanelWriter(columns: columns, live: live, target: target).write(source, blocks)
  }
}
