/// Where the right factor of a product comes from: panels of sixteen output columns, `[k][16]` float32.
protocol PanelSource {
  /// The ranges of k that are decoded at once, in order and without gaps.
  var blocks: [Range<Int>] { get }
  /// The number of panels.
  var panels: Int { get }
  /// The output columns of a panel, at most sixteen.
  func columns(ofPanel index: Int) -> Range<Int>
  /// One block of a panel: where it lies, or decoded into `scratch`, which has room for it.
  func panel(
    _ index: Int,
    block: Int,
    scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float>
  /// One block of several panels, each with `pitch` values of scratch; tells where each of them lies.
  func decode(
    _ range: Range<Int>,
    block: Int,
    into scratch: UnsafeMutablePointer<Float>,
    pitch: Int,
    _ put: (_ place: Int, _ panel: UnsafePointer<Float>) -> Void
  )
}

extension PanelSource {
  @inline(__always)
  func decode(
    _ range: Range<Int>,
    block: Int,
    into scratch: UnsafeMutablePointer<Float>,
    pitch: Int,
    _ put: (_ place: Int, _ panel: UnsafePointer<Float>) -> Void
  ) {
    for (place, index) in range.enumerated() {
      unsafe put(place, panel(index, block: block, scratch: scratch + pitch * place))
    }
  }
}

/// Cuts `0..<count` into parts of about equal size, at most `limit`, each but the last a multiple of `unit`.
func evenBlocks(_ count: Int, limit: Int, unit: Int) -> [Range<Int>] {
  guard count > 0 else { return [] }
  let parts = (count + limit - 1) / limit
  let size = roundedUp((count + parts - 1) / parts, unit)
  return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
}

/// The longest range of k that is decoded, and summed in one chain, at once: a panel's part of it and six
/// rows stay in the first cache, and a sum's rounding errors do not grow with K.
let longestBlock = 256

/// Sixteen-column panels of a float32 matrix, copied as a product runs.
struct MatrixPanels: PanelSource {
  let matrix: Matrix
  let orientation: Orientation
  let scale: Float
  let blocks: [Range<Int>]
  private let width: Int

  init(_ matrix: Matrix, _ orientation: Orientation, scale: Float) {
    self.matrix = matrix
    self.orientation = orientation
    self.scale = scale
    let inner = orientation == .plain ? matrix.rows : matrix.columns
    width = orientation == .plain ? matrix.columns : matrix.rows
    blocks = evenBlocks(inner, limit: longestBlock, unit: 32)
  }

  var panels: Int { (width + 15) / 16 }

  func columns(ofPanel index: Int) -> Range<Int> { 16 * index..<min(width, 16 * index + 16) }

  func panel(
    _ index: Int,
    block: Int,
    scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    unsafe copy(index, steps: blocks[block], to: scratch)
    return unsafe UnsafePointer(scratch)
  }

  /// Panels side by side are copied row by row, because their matrix lies so in memory.
  func decode(
    _ range: Range<Int>,
    block: Int,
    into scratch: UnsafeMutablePointer<Float>,
    pitch: Int,
    _ put: (_ place: Int, _ panel: UnsafePointer<Float>) -> Void
  ) {
    let whole = orientation == .plain ? min(range.upperBound, width / 16) : range.lowerBound
    let (steps, row, count) = (blocks[block], matrix.stride, max(0, whole - range.lowerBound))
    let first = unsafe matrix.base + (steps.lowerBound * row + 16 * range.lowerBound)
    for k in 0..<(count > 0 ? steps.count : 0) {
      let source = unsafe first + k &* row
      let target = unsafe scratch + 16 &* k
      for place in 0..<count {
        let line = unsafe target + place &* pitch
        unsafe store(load(source, 16 &* place) * scale, line, 0)
        unsafe store(load(source, 16 &* place &+ 8) * scale, line, 8)
      }
    }
    for (place, index) in range.enumerated() {
      let target = unsafe scratch + pitch * place
      if place >= count { unsafe copy(index, steps: steps, to: target) }
      unsafe put(place, UnsafePointer(target))
    }
  }

  /// Writes some steps of a panel, sixteen values each; columns that do not exist become zero.
  func copy(_ index: Int, steps: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    let columns = columns(ofPanel: index)
    switch orientation {
    case .plain: unsafe copyRows(steps, columns, target)
    case .transposed: unsafe copyTurned(steps, columns, target)
    }
  }

  private func copyRows(
    _ steps: Range<Int>,
    _ columns: Range<Int>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let row = matrix.stride
    var source = unsafe matrix.base + steps.lowerBound * row + columns.lowerBound
    var line = unsafe target
    for _ in steps {
      if columns.count == 16 {
        unsafe store(load(source, 0) * scale, line, 0)
        unsafe store(load(source, 8) * scale, line, 8)
      } else {
        for c in 0..<16 { unsafe line[c] = unsafe c < columns.count ? source[c] * scale : 0 }
      }
      unsafe source += row
      unsafe line += 16
    }
  }

  private func copyTurned(
    _ steps: Range<Int>,
    _ columns: Range<Int>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let row = matrix.stride
    let source = unsafe matrix.base + columns.lowerBound * row + steps.lowerBound
    let whole = columns.count == 16 ? steps.count & ~7 : 0
    for k in stride(from: 0, to: whole, by: 8) {
      for half in 0..<2 {
        let start = unsafe source + (8 * half * row + k)
        var block = LaneBlock { unsafe load(start, $0 &* row) * scale }
        block.transpose()
        unsafe block.store(target + (16 * k + 8 * half), row: 16)
      }
    }
    for k in whole..<steps.count {
      for c in 0..<16 {
        unsafe target[16 * k + c] = unsafe c < columns.count ? source[c * row + k] * scale : 0
      }
    }
  }
}
