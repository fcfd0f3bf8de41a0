// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats
internal import Tensors

/// What a training step keeps from the forward pass for the gradient, and its temporaries.
///
/// Per token and layer it keeps the block's input, the fused queries, keys and values, the attention's
/// output and logarithms of sums, the middle of the residual stream, the wide feed-forward values and
/// the adapter's hidden values; everything else is computed again. With ``checkpointsActivations``
/// only the blocks' inputs are kept. The memory is kept between steps.
public struct TrainingTape: Sendable {
  /// Whether only the blocks' inputs are kept and each block is computed again for its gradient.
  ///
  /// Costs about a third more time, and gives the same bits.
  public var checkpointsActivations = false

  /// What one block leaves behind for its gradient.
  struct Layer: Sendable {
    let rawQueriesKeys: Matrix
    let fused: Matrix
    let attended: Matrix
    let logSums: Matrix
    let attentionBranch: Matrix
    let middle: Matrix
    let wide: Matrix
    let feedForwardBranch: Matrix
    let hidden: [Matrix]
  }

  /// Room for the head's rows: a chunk of supervised rows at a time.
  struct HeadScratch: Sendable {
    var rows = Matrix(rows: 0, columns: 0)
    var normed = Matrix(rows: 0, columns: 0)
    var logits = Matrix(rows: 0, columns: 0)
    var dNormed = Matrix(rows: 0, columns: 0)
    var dRows = Matrix(rows: 0, columns: 0)
  }

  /// What a pass keeps.
  enum Keeping { case everything, inputs, nothing }

  private var residuals: [Matrix] = []
  private var layers: [Layer] = []
  private(set) var normed = Matrix(rows: 0, columns: 0)
  private(set) var activated = Matrix(rows: 0, columns: 0)
  private(set) var dActivated = Matrix(rows: 0, columns: 0)
  private(set) var dResidual = Matrix(rows: 0, columns: 0)
  private(set) var dBranch = Matrix(rows: 0, columns: 0)
  private(set) var dNormed = Matrix(rows: 0, columns: 0)
  private(set) var dFused = Matrix(rows: 0, columns: 0)
  private(set) var dAttended = Matrix(rows: 0, columns: 0)
  private(set) var dHidden = Matrix(rows: 0, columns: 0)
  private(set) var dropped = Matrix(rows: 0, columns: 0)
  private(set) var head = HeadScratch()
  private var rows = 0
  private var rank = 0
  private var hasGradients = false
  private var hasDropout = false

  /// The number of supervised rows whose logits exist at once.
  public static let headChunk = 96

  /// A tape that has no room yet.
  public init() {}

  /// The residual stream before a block, or behind the last one.
  func residual(_ index: Int) -> Matrix { residuals[index % residuals.count] }

  /// What a block keeps; one room for all blocks where they are computed again.
  func layer(_ index: Int) -> Layer { layers[index % layers.count] }

  /// Makes room for a pass over `count` rows.
  mutating func reserve(
    rows count: Int,
    rank wanted: Int,
    _ model: TransformerModel,
    _ keeping: Keeping,
    dropout: Bool
  ) {
    let depth = model.configuration.layers
    let residualCount = keeping == .nothing ? 2 : depth + 1
    let layerCount = keeping == .everything ? depth : 1
    let fits =
      count <= rows && wanted <= rank && (hasGradients || keeping == .nothing)
      && (hasDropout || !dropout)
    let isRightDepth = residuals.count >= residualCount && layers.count >= layerCount
    // A tape that was told to checkpoint lets the layers' rooms go.
    let isTooDeep = keeping == .inputs && layers.count > 1
    if fits && isRightDepth && !isTooDeep { return }
    let sameRows = count <= rows
    rows = max(rows, count)
    rank = max(rank, wanted)
    hasGradients = hasGradients || keeping != .nothing
    hasDropout = hasDropout || dropout
    if !sameRows || residuals.count < residualCount {
      residuals = []
      residuals = (0..<residualCount).map { _ in room(model.configuration.hiddenSize) }
    }
    // The old blocks go before the new ones come, so that both are never held.
    layers = []
    layers = (0..<layerCount).map { _ in layer(model) }
    makeTemporaries(model)
  }

  private func room(_ columns: Int) -> Matrix { .activation(rows: rows, columns: columns) }

  private func layer(_ model: TransformerModel) -> Layer {
    let C = model.configuration.hiddenSize
    let shape = model.attention
    let norms = model.design.norms
    let hasHeadNorms = norms.query != nil || norms.key != nil
    return Layer(
      rawQueriesKeys: room(hasHeadNorms ? shape.rotatedColumns.count : 0),
      fused: room(shape.fusedColumns),
      attended: room(shape.outputColumns),
      logSums: room(shape.heads),
      attentionBranch: room(norms.attentionBranch == nil ? 0 : C),
      middle: room(C),
      wide: room(model.design.rows(.feedForwardInput)),
      feedForwardBranch: room(norms.feedForwardBranch == nil ? 0 : C),
      hidden: model.design.groups.map { room($0.count * max(rank, 1)) }
    )
  }

  private mutating func makeTemporaries(_ model: TransformerModel) {
    let C = model.configuration.hiddenSize
    let F = model.configuration.intermediateSize
    let norms = model.design.norms
    let hasBranchNorms = norms.attentionBranch != nil || norms.feedForwardBranch != nil
    normed = room(C)
    activated = room(F)
    if hasDropout { dropped = room(model.design.widestInput) }
    if hasGradients {
      dActivated = room(F)
      dResidual = room(C)
      dBranch = room(hasBranchNorms ? C : 0)
      dNormed = room(C)
      dFused = room(model.attention.fusedColumns)
      dAttended = room(model.attention.outputColumns)
      dHidden = room(model.design.widestGroup * max(rank, 1))
    }
    guard head.rows.rows == 0 else { return }
    func chunk(_ columns: Int) -> Matrix { .activation(rows: Self.headChunk, columns: columns) }
    head = HeadScratch(
      rows: chunk(C),
      normed: chunk(C),
      logits: chunk(model.configuration.vocabularySize),
      dNormed: chunk(C),
      dRows: chunk(C)
    )
  }
}
