// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import ModelFormats
internal import Tensors

/// The decoder that all families share, driven by a ``DecoderDesign``.
struct TransformerModel: DecoderModel {
  let configuration: DecoderConfiguration
  let dataType: DataType
  let attention: AttentionShape
  let fullParameters: FullParameters?
  let design: DecoderDesign
  let embedding: LinearWeight
  let positionTable: Matrix?
  let blocks: [Block]
  let finalNorm: Norm
  let head: LinearWeight
  /// The bases of the rotary angles that the layers use, each once.
  let rotaryBases: [Float]

  /// One layer's pieces.
  struct Block: Sendable {
    let inputNorm: Norm
    let queryNorm: Norm?
    let keyNorm: Norm?
    let attentionBranchNorm: Norm?
    let middleNorm: Norm
    let feedForwardBranchNorm: Norm?
    /// In the order of ``ProjectionGroup``.
    let linears: [AdaptedLinear]
    /// The number of positions that the layer sees, its own included; nil if all.
    let window: Int?
    /// Which of the rotary bases the layer uses; nil if none.
    let rotary: Int?

    func linear(_ group: ProjectionGroup) -> AdaptedLinear { linears[group.rawValue] }
  }

  /// Opens a model; `emulatesBF16` computes bf16 products in plain code where the CPU has none.
  init(
    _ source: any TensorSource,
    configuration: DecoderConfiguration,
    dataType: DataType,
    isTrainable: Bool,
    emulatesBF16: Bool = false
  ) throws {
    if !emulatesBF16 { try Processor.current.require(dataType) }
    try Self.check(configuration, dataType, isTrainable)
    let design = DecoderDesign(configuration)
    let full = isTrainable ? try FullParameters(source, design, configuration) : nil
    let pieces = PieceReader(
      weights: WeightReader(source: source, configuration: configuration, dataType: dataType),
      full: full,
      design: design
    )
    self.configuration = configuration
    self.dataType = dataType
    self.design = design
    fullParameters = full
    attention = AttentionShape(
      heads: configuration.heads,
      keyValueHeads: configuration.kvHeads,
      headSize: configuration.headSize,
      scale: Float(configuration.attentionScale)
    )
    let C = configuration.hiddenSize
    embedding = try pieces.table(design.embedding)
    head = try design.head.map(pieces.table) ?? embedding
    positionTable = try design.positions.map { try pieces.matrix($0, configuration.contextLength) }
    finalNorm = try pieces.norm(design.finalNorm, C)
    let bases = design.positions == nil ? Self.rotaryBases(configuration) : []
    rotaryBases = bases
    let windows = configuration.windows
    blocks = try (0..<configuration.layers).map { layer in
      let isSliding = configuration.attentionSpans[layer] == .sliding
      let base = Self.rotaryBase(configuration, isSliding: isSliding)
      return try pieces.block(
        layer,
        window: windows[layer],
        rotary: bases.firstIndex(of: base)
      )
    }
  }

  private static func rotaryBase(_ configuration: DecoderConfiguration, isSliding: Bool) -> Float {
    let local = isSliding ? configuration.localRopeTheta : nil
    return Float(local ?? configuration.ropeTheta)
  }

  private static func rotaryBases(_ configuration: DecoderConfiguration) -> [Float] {
    let kinds = Set(configuration.attentionSpans.map { $0 == .sliding })
    return Set(kinds.map { rotaryBase(configuration, isSliding: $0) }).sorted()
  }

  var weightBytes: Int {
    let linears = blocks.flatMap { $0.linears.map(\.weight) }
    let tables = [embedding] + (design.head == nil ? [] : [head])
    return (linears + tables).reduce(0) { $0 + $1.storedBytes }
      + (fullParameters == nil ? 4 * (positionTable.map { $0.rows * $0.columns } ?? 0) : 0)
  }

  /// The angles of some rows, one set a base.
  func angles(_ positions: [Int32]) -> [RotaryAngles] {
    rotaryBases.map {
      RotaryAngles(positions: positions, headSize: configuration.headSize, base: $0)
    }
  }

  private static func check(
    _ configuration: DecoderConfiguration,
    _ dataType: DataType,
    _ isTrainable: Bool
  ) throws(ModelError) {
    guard configuration.intermediateSize % 8 == 0 else {
      throw .unsupportedModel(
        "its feed-forward size is \(configuration.intermediateSize), not a multiple of 8"
      )
    }
    guard !isTrainable || dataType == .f32 else {
      throw .unsupportedModel(
        "full fine-tuning keeps its weights in f32, not in \(dataType.rawValue); use f32"
      )
    }
  }
}

/// Reads pieces of a model: as views onto the parameters where there are some, else frozen.
private struct PieceReader {
  let weights: WeightReader
  let full: FullParameters?
  let design: DecoderDesign

  private var configuration: DecoderConfiguration { weights.configuration }

  /// A table of one row a token.
  func table(_ name: String) throws -> LinearWeight {
    if let full { return .trained(full.matrix(name), isTransposed: false) }
    let parts = [(name: name, rows: configuration.vocabularySize)]
    return try weights.weight(parts, columns: configuration.hiddenSize)
  }

  /// A table in float32.
  func matrix(_ name: String, _ rows: Int) throws -> Matrix {
    if let full { return full.matrix(name) }
    let columns = configuration.hiddenSize
    let values = try weights.source.floats(of: name, shape: [rows, columns])
    return Matrix(rows: rows, columns: columns, values: values)
  }

  func norm(_ module: String, _ size: Int) throws -> Norm {
    let hasBias = design.norm == .layer
    return Norm(
      kind: design.norm,
      epsilon: configuration.normEpsilon,
      weight: try vector(module + ".weight", size),
      bias: hasBias ? try vector(module + ".bias", size) : nil
    )
  }

  func block(_ layer: Int, window: Int?, rotary: Int?) throws -> TransformerModel.Block {
    let C = configuration.hiddenSize
    let D = configuration.headSize
    func norm(_ module: String, _ size: Int) throws -> Norm {
      try self.norm(design.name(layer, module), size)
    }
    return TransformerModel.Block(
      inputNorm: try norm(design.norms.input, C),
      queryNorm: try design.norms.query.map { try norm($0, D) },
      keyNorm: try design.norms.key.map { try norm($0, D) },
      attentionBranchNorm: try design.norms.attentionBranch.map { try norm($0, C) },
      middleNorm: try norm(design.norms.middle, C),
      feedForwardBranchNorm: try design.norms.feedForwardBranch.map { try norm($0, C) },
      linears: try ProjectionGroup.allCases.map { try linear(layer, $0) },
      window: window,
      rotary: rotary
    )
  }

  private func linear(_ layer: Int, _ group: ProjectionGroup) throws -> AdaptedLinear {
    let modules = design.groups[group.rawValue]
    let names = modules.map { design.name(layer, $0.path) }
    let biased = zip(modules, names).filter { $0.0.hasBias }.map { $0.1 + ".bias" }
    precondition(biased.isEmpty || biased.count == modules.count, "biases on some of \(names)")
    let bias: Matrix?
    if biased.isEmpty {
      bias = nil
    } else if let full {
      bias = full.fused(biased, isVector: true)
    } else {
      let values = try zip(biased, modules).flatMap {
        try weights.source.floats(of: $0, shape: [$1.rows])
      }
      bias = Matrix(rows: 1, columns: values.count, values: values)
    }
    let weight = try weight(modules, names.map { $0 + ".weight" })
    return AdaptedLinear(weight: weight, bias: bias, layer: layer, group: group)
  }

  private func weight(_ modules: [LinearModule], _ names: [String]) throws -> LinearWeight {
    let isTransposed = modules[0].isStoredTransposed
    if let full {
      return .trained(full.fused(names, isVector: false), isTransposed: isTransposed)
    }
    guard isTransposed else {
      let parts = zip(names, modules).map { (name: $0, rows: $1.rows) }
      return try weights.weight(parts, columns: modules[0].columns)
    }
    precondition(names.count == 1, "only single modules are stored transposed")
    let (rows, columns) = (modules[0].rows, modules[0].columns)
    let stored = try weights.source.floats(of: names[0], shape: [columns, rows])
    return weights.weight(transposed(Matrix(rows: columns, columns: rows, values: stored)))
  }

  private func vector(_ name: String, _ size: Int) throws -> Matrix {
    try full?.matrix(name) ?? weights.vector(name, size)
  }
}
