public import ModelFormats
public import Tensors

/// A decoder-only transformer that can be run with a cache and trained, through an adapter or in full.
///
/// What a step needs to write is given by the caller, so one loaded model can serve runs with and
/// without adapters. Its weights never change, unless it was opened to be trained in full.
public protocol DecoderModel: Sendable {
  /// The model's sizes.
  var configuration: DecoderConfiguration { get }
  /// The number format of its matrix products.
  var dataType: DataType { get }
  /// The bytes that the frozen weights fill, as they are held for products; 0 where all are trained.
  var weightBytes: Int { get }
  /// The attention's sizes.
  var attention: AttentionShape { get }

  /// The weights as parameters, where the model was opened to be trained in full.
  var fullParameters: FullParameters? { get }

  /// Runs some rows through the blocks and returns the logits `[outputs.count, V]` of the rows `outputs`.
  ///
  /// Keys and values go to `cache`; the rows of one sequence stand in order of position. `adapters` says
  /// which adapter each row uses. `observe`, if given, sees the residual stream after the embedding
  /// (0) and after every block (1, 2, …).
  func logits(
    ids: [Int32],
    places: [CachePlace],
    cache: KeyValueCache,
    outputs: [Int],
    adapters: AdapterRows,
    scratch: inout InferenceScratch,
    observe: ((Int, Matrix) -> Void)?
  ) throws(TensorError) -> Matrix

  /// The negative log-likelihood of every supervised row of a batch, in nats.
  ///
  /// Adds `lossScale` times the gradient of their sum to `gradients`: with respect to the adapter's
  /// parameters, or without an adapter to ``fullParameters``, which must be there. `dropout` works on
  /// the adapter's inputs.
  func lossesAndGradients(
    _ batch: TokenBatch,
    adapter: LoRAAdapter?,
    gradients: FloatStorage,
    lossScale: Float,
    dropout: LoRADropout?,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float]

  /// The negative log-likelihood of every supervised row of a batch, in nats, without dropout.
  func losses(
    _ batch: TokenBatch,
    adapter: LoRAAdapter?,
    tape: inout TrainingTape
  ) throws(TensorError) -> [Float]
}
