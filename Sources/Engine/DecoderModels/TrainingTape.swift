// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats
internal import Tensors

/// What a training step keeps from the forward pass for the gradient, and its temporaries.
///
/// Per token and layer it keeps the block's input, the fused queries, keys and values, the attention's
/// output and logarithms of sums, the middle of the residual stream, gate and up, and the adapter's
/// hidden values; everything else is computed again. The blocks are kept between steps.
public struct TrainingTape: Sendable {
  struct Layer: Sendable {
    let input: Matrix
    let fused: Matrix
    let attended: Matrix
    let logSums: Matrix
    let middle: Matrix
    let gateUp: Matrix
    let hidden: [Matrix]
  }

  private(set) var layers: [Layer] = []
  private(set) var output = Matrix(rows: 0, columns: 0)
  private(set) var normed = Matrix(rows: 0, columns: 0)
  private(set) var activated = Matrix(rows: 0, columns: 0)
  private(set) var dActivated = Matrix(rows: 0, columns: 0)
  private(set) var dResidual = Matrix(rows: 0, columns: 0)
  private(set) var dNormed = Matrix(rows: 0, columns: 0)
  private(set) var dFused = Matrix(rows: 0, columns: 0)
  private(set) var dAttended = Matrix(rows: 0, columns: 0)
  private(set) var dHidden = Matrix(rows: 0, columns: 0)
  private(set) var head = HeadScratch()
  private var rank = 0

  /// Room for the head's rows: a chunk of supervised rows at a time.
  struct HeadScratch: Sendable {
    var rows = Matrix(rows: 0, columns: 0)
    var normed = Matrix(rows: 0, columns: 0)
    var logits = Matrix(rows: 0, columns: 0)
    var dNormed = Matrix(rows: 0, columns: 0)
    var dRows = Matrix(rows: 0, columns: 0)
  }

  /// The number of supervised rows whose logits exist at once.
  static let headChunk = 96

  /// A tape that has no room yet.
  public init() {}

  mutating func reserve(
    rows: Int,
    rank wanted: Int,
    _ configuration: DecoderConfiguration,
    _ shape: AttentionShape
  ) {
    guard rows > output.rows || wanted > rank else { return }
    let count = max(rows, output.rows)
    rank = max(rank, wanted)
    let C = configuration.hiddenSize
    let F = configuration.intermediateSize
    func activation(_ columns: Int) -> Matrix { .activation(rows: count, columns: columns) }
    // The old blocks go before the new ones come, so that both are never held.
    layers = []
    layers = (0..<configuration.layers).map { _ in
      Layer(
        input: activation(C),
        fused: activation(shape.fusedColumns),
        attended: activation(shape.outputColumns),
        logSums: activation(shape.heads),
        middle: activation(C),
        gateUp: activation(2 * F),
        hidden: ProjectionGroup.allCases.map { activation($0.members.count * max(rank, 1)) }
      )
    }
    output = activation(C)
    normed = activation(C)
    activated = activation(F)
    dActivated = activation(F)
    dResidual = activation(C)
    dNormed = activation(C)
    dFused = activation(shape.fusedColumns)
    dAttended = activation(shape.outputColumns)
    dHidden = activation(3 * max(rank, 1))
    guard head.rows.rows == 0 else { return }
    func chunk(_ columns: Int) -> Matrix { .activation(rows: Self.headChunk, columns: columns) }
    head = HeadScratch(
      rows: chunk(C),
      normed: chunk(C),
      logits: chunk(configuration.vocabularySize),
      dNormed: chunk(C),
      dRows: chunk(C)
    )
  }
}
