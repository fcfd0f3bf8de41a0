public import ModelFormats
public import Tensors

/// A decoder-only transformer that can be run with a cache and trained through an adapter.
///
/// A model's weights never change; what a step needs to write is given by the caller, so one loaded model
/// can serve runs with and without adapters.
public protocol DecoderModel: Sendable {
  /// The model's sizes.
  var configuration: DecoderConfiguration { get }
  /// The number format of its matrix products.
  var dataType: DataType { get }
  /// The attention's sizes.
  var attention: AttentionShape { get }

  /// Runs some rows through the blocks and returns the logits `[outputs.count, V]` of the rows `outputs`.
  ///
  /// Keys and values go to `cache`; the rows of one sequence stand in order of position. `observe`, if
  /// given, sees the residual stream after the embedding (0) and after every block (1, 2, …).
  func logits(
    ids: [Int32],
    places: [CachePlace],
    cache: KeyValueCache,
    outputs: [Int],
    adapter: LoRAAdapter?,
    scratch: inout InferenceScratch,
    observe: ((Int, Matrix) -> Void)?
  ) throws(TensorError) -> Matrix

  /// The negative log-likelihood of every supervised row of a batch, in nats.
  ///
  /// Adds `lossScale` times the gradient of their sum with respect to the adapter's parameters to
  /// `gradients`.
  func lossesAndGradients(
    _ batch: TokenBatch,
    adapter: LoRAAdapter,
    gradients: FloatStorage,
    lossScale: Float,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float]
}

/// Some sequences, one after another without padding, and which of their rows are learned.
public struct TokenBatch: Sendable, Hashable {
  /// The token ids of all sequences.
  public let ids: [Int32]
  /// The rows of each sequence; sequences cannot see each other.
  public let segments: [Range<Int>]
  /// Each row's position within its sequence.
  public let positions: [Int32]
  /// The rows whose next token is learned, in order.
  public let supervisedRows: [Int]
  /// The token that each of those rows is to predict.
  public let targets: [Int32]

  /// Lays out sequences; `supervised` says for each token whether it is learned as a target.
  ///
  /// The first token of a sequence has nothing before it to predict it from and is never a target.
  public init(_ sequences: [(ids: [Int32], supervised: [Bool])]) {
    var ids: [Int32] = []
    var segments: [Range<Int>] = []
    var positions: [Int32] = []
    var rows: [Int] = []
    var targets: [Int32] = []
    for sequence in sequences {
      precondition(sequence.ids.count == sequence.supervised.count, "one mask value a token")
      let start = ids.count
      for (offset, id) in sequence.ids.enumerated() {
        if offset > 0 && sequence.supervised[offset] {
          rows.append(start + offset - 1)
          targets.append(id)
        }
        positions.append(Int32(offset))
      }
      ids += sequence.ids
      segments.append(start..<ids.count)
    }
    self.ids = ids
    self.segments = segments
    self.positions = positions
    supervisedRows = rows
    self.targets = targets
  }
}
