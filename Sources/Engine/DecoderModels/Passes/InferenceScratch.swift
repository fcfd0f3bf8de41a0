// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats
internal import Tensors

/// The activations of one inference step, kept between steps; grows to the largest step seen.
public struct InferenceScratch: Sendable {
  private(set) var rows = 0
  private(set) var rank = 0
  private(set) var residual = Matrix(rows: 0, columns: 0)
  private(set) var normed = Matrix(rows: 0, columns: 0)
  private(set) var fused = Matrix(rows: 0, columns: 0)
  private(set) var attended = Matrix(rows: 0, columns: 0)
  private(set) var wide = Matrix(rows: 0, columns: 0)
  private(set) var activated = Matrix(rows: 0, columns: 0)
  private(set) var hidden = Matrix(rows: 0, columns: 0)
  private(set) var last = Matrix(rows: 0, columns: 0)
  private(set) var logits = Matrix(rows: 0, columns: 0)

  /// Scratch that has no room yet.
  public init() {}

  mutating func reserve(rows count: Int, outputs: Int, rank wanted: Int, _ model: TransformerModel)
  {
    let C = model.configuration.hiddenSize
    if count > rows {
      let shape = model.attention
      residual = .activation(rows: count, columns: C)
      normed = .activation(rows: count, columns: C)
      fused = .activation(rows: count, columns: shape.fusedColumns)
      attended = .activation(rows: count, columns: shape.outputColumns)
      wide = .activation(rows: count, columns: model.design.rows(.feedForwardInput))
      activated = .activation(rows: count, columns: model.configuration.intermediateSize)
    }
    if count > rows || wanted > rank {
      rank = max(rank, wanted)
      let columns = model.design.widestGroup * max(rank, 1)
      hidden = .activation(rows: max(count, rows), columns: columns)
    }
    rows = max(rows, count)
    // A step that only reads prompts has no outputs, and may be the first.
    if outputs > last.rows || last.columns == 0 {
      last = .activation(rows: outputs, columns: C)
      logits = .activation(rows: outputs, columns: model.configuration.vocabularySize)
    }
  }
}
