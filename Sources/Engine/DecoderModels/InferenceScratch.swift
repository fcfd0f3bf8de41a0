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
  private(set) var gateUp = Matrix(rows: 0, columns: 0)
  private(set) var activated = Matrix(rows: 0, columns: 0)
  private(set) var hidden = Matrix(rows: 0, columns: 0)
  private(set) var last = Matrix(rows: 0, columns: 0)
  private(set) var logits = Matrix(rows: 0, columns: 0)

  /// Scratch that has no room yet.
  public init() {}

  mutating func reserve(
    rows count: Int,
    outputs: Int,
    rank wanted: Int,
    _ configuration: DecoderConfiguration,
    _ shape: AttentionShape
  ) {
    if count > rows {
      let C = configuration.hiddenSize
      residual = .activation(rows: count, columns: C)
      normed = .activation(rows: count, columns: C)
      fused = .activation(rows: count, columns: shape.fusedColumns)
      attended = .activation(rows: count, columns: shape.outputColumns)
      gateUp = .activation(rows: count, columns: 2 * configuration.intermediateSize)
      activated = .activation(rows: count, columns: configuration.intermediateSize)
    }
    if count > rows || wanted > rank {
      rank = max(rank, wanted)
      hidden = .activation(rows: max(count, rows), columns: 3 * max(rank, 1))
    }
    rows = max(rows, count)
    if outputs > last.rows {
      last = .activation(rows: outputs, columns: configuration.hiddenSize)
      logits = .activation(rows: outputs, columns: configuration.vocabularySize)
    }
  }
}
