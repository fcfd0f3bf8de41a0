internal import Synchronization

/// Neighbouring rows of a weight, and how to read them.
public struct WeightPart: Sendable {
  /// Fills a span with some of the rows, as blocks of the part's format.
  public typealias ReadBlocks = @Sendable (Range<Int>, inout MutableSpan<UInt8>) throws -> Void
  /// Fills a span with some of the rows, as float32.
  public typealias ReadFloats = @Sendable (Range<Int>, inout MutableSpan<Float>) throws -> Void

  /// The number of rows.
  public let rows: Int
  /// The blocks that the rows are stored in; nil when they can be read as float32 only.
  public let format: BlockFormat?
  let blocks: ReadBlocks?
  let floats: ReadFloats

  /// Describes a part; readers may be called from several threads at once.
  ///
  /// With a `format` there must be a reader of `blocks`.
  public init(
    rows: Int,
    format: BlockFormat?,
    blocks: ReadBlocks?,
    floats: @escaping ReadFloats
  ) {
    precondition(rows >= 0 && (format == nil || blocks != nil), "a part without a reader")
    self.rows = rows
    self.format = format
    self.blocks = blocks
    self.floats = floats
  }
}

extension WeightPart {
  /// The bytes that a ``FrozenWeight`` fills for rows of a format, once it served both directions.
  public static func storedBytes(
    _ rows: Int,
    _ columns: Int,
    _ format: BlockFormat?,
    _ dataType: DataType
  ) -> Int {
    if dataType == .bf16 && Processor.current.hasBF16 {
      // The rounded rows, and the library's own layout once a direction.
      return 3 * rows * columns * dataType.sizeBytes
    }
    let codec = panelFormat(format, dataType).codec
    let blocks = (columns + codec.blockSteps - 1) / codec.blockSteps
    return (rows + PanelStore.width - 1) / PanelStore.width * blocks * codec.blockBytes
  }

  /// The layout that keeps a part's format without loss for products of a number format.
  static func panelFormat(_ format: BlockFormat?, _ dataType: DataType) -> PanelFormat {
    dataType == .bf16 ? .bf16 : format?.panelFormat ?? .f32
  }
}

extension PanelStore {
  /// Reads a part into panels, on all threads.
  convenience init(reading part: WeightPart, columns: Int, _ dataType: DataType) throws {
    let format = dataType == .f32 ? part.format : nil
    self.init(
      rows: part.rows,
      columns: columns,
      format: WeightPart.panelFormat(part.format, dataType)
    )
    let failure = Mutex<(any Error)?>(nil)
    let bytes = format?.bytesPerRow(columns) ?? 4 * columns
    unsafe parallelTasks(panels, scratch: Self.width * (bytes + 3) / 4) { panel, scratch in
      do {
        unsafe try read(part, format, panel, UnsafeMutableRawPointer(scratch), bytesPerRow: bytes)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private func read(
    _ part: WeightPart,
    _ format: BlockFormat?,
    _ panel: Int,
    _ scratch: UnsafeMutableRawPointer,
    bytesPerRow: Int
  ) throws {
    let rows = rows(ofPanel: panel)
    if let format, let read = part.blocks {
      let start = unsafe scratch.assumingMemoryBound(to: UInt8.self)
      var span = unsafe MutableSpan<UInt8>(_unsafeStart: start, count: rows.count * bytesPerRow)
      try read(rows, &span)
      return unsafe fill(panel, from: scratch, format)
    }
    let values = unsafe scratch.assumingMemoryBound(to: Float.self)
    let count = rows.count * columns
    var span = unsafe MutableSpan<Float>(_unsafeStart: values, count: count)
    try part.floats(rows, &span)
    guard self.format == .bf16 else { return unsafe fill(panel, from: scratch, .f32) }
    // Rounded in place: a half never overtakes the value that it is made of.
    let halves = unsafe scratch.assumingMemoryBound(to: UInt16.self)
    for index in 0..<count {
      let bits = unsafe (scratch + 4 * index).load(as: UInt32.self)
      unsafe halves[index] = BrainFloat.bits(of: Float(bitPattern: bits))
    }
    unsafe fill(panel, from: scratch, .bf16)
  }
}
