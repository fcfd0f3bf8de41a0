/// A weight `[N, K]` in parts, each of neighbouring rows in one number format.
struct PanelSet: Sendable {
  struct Part: Sendable {
    let firstRow: Int
    let firstPanel: Int
    let store: PanelStore
  }

  let rows: Int
  let columns: Int
  let parts: [Part]
  /// The panels of all parts.
  let panels: Int

  /// Puts parts of equal width one under another.
  init(_ stores: [PanelStore], columns: Int) {
    var parts: [Part] = []
    var (row, panel) = (0, 0)
    for store in stores where store.rows > 0 {
      precondition(store.columns == columns, "parts of one weight have the same width")
      parts.append(Part(firstRow: row, firstPanel: panel, store: store))
      row += store.rows
      panel += store.panels
    }
    self.parts = parts
    self.columns = columns
    rows = row
    panels = panel
  }

  /// The part that holds a panel.
  func part(ofPanel index: Int) -> Part {
    for part in parts.reversed() where part.firstPanel <= index { return part }
    preconditionFailure("panel \(index) of \(panels)")
  }

  /// Decodes one row.
  func copyRow(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    for part in parts.reversed() where part.firstRow <= row {
      return unsafe part.store.copyRow(row - part.firstRow, to: target)
    }
  }
}

/// The panels of `x Wᵀ`: sixteen rows of the weight each, k runs over its columns.
struct ForwardPanels: PanelSource {
  let weight: PanelSet
  let blocks: [Range<Int>]

  init(_ weight: PanelSet) {
    self.weight = weight
    blocks = evenBlocks(weight.columns, limit: longestBlock, unit: 32)
  }

  var panels: Int { weight.panels }

  func columns(ofPanel index: Int) -> Range<Int> {
    let part = weight.part(ofPanel: index)
    let rows = part.store.rows(ofPanel: index - part.firstPanel)
    return part.firstRow + rows.lowerBound..<part.firstRow + rows.upperBound
  }

  func panel(
    _ index: Int,
    block: Int,
    scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let part = weight.part(ofPanel: index)
    let steps = blocks[block]
    if part.store.format == .f32 {
      let start = unsafe part.store.panel(index - part.firstPanel) + 64 * steps.lowerBound
      return unsafe start.assumingMemoryBound(to: Float.self)
    }
    unsafe part.store.unpack(index - part.firstPanel, steps: steps, into: scratch)
    return unsafe UnsafePointer(scratch)
  }
}

/// The panels of `dy W`: sixteen columns of the weight each, k runs over its rows.
struct BackwardPanels: PanelSource {
  let weight: PanelSet
  let blocks: [Range<Int>]
  private let places: [(part: Int, panels: Range<Int>)]

  init(_ weight: PanelSet) {
    self.weight = weight
    var blocks: [Range<Int>] = []
    var places: [(part: Int, panels: Range<Int>)] = []
    for (index, part) in weight.parts.enumerated() {
      for rows in evenBlocks(part.store.rows, limit: longestBlock, unit: 16) {
        blocks.append(part.firstRow + rows.lowerBound..<part.firstRow + rows.upperBound)
        places.append((index, rows.lowerBound / 16..<(rows.upperBound + 15) / 16))
      }
    }
    self.blocks = blocks
    self.places = places
  }

  var panels: Int { (weight.columns + 15) / 16 }

  func columns(ofPanel index: Int) -> Range<Int> {
    16 * index..<min(weight.columns, 16 * index + 16)
  }

  func panel(
    _ index: Int,
    block: Int,
    scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let place = places[block]
    unsafe weight.parts[place.part].store.unpackTurned(
      place.panels,
      step: 16 * index,
      into: scratch
    )
    return unsafe UnsafePointer(scratch)
  }
}
