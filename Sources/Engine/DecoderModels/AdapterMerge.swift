public import ModelFormats
internal import Tensors

/// A model's tensors with an adapter's changes added: `W + scaling B A`, in float32.
///
/// Rows are computed when they are asked for, so that a merged model is written without ever being in
/// memory. Every element is one sum over the rank, in order, then scaled, then added to the weight.
/// The source is Hu et al., 2021 (arXiv 2106.09685), section 4.1; PEFT's `merge_and_unload` does the same.
public struct AdapterMerge: TensorSource {
  private struct Change: Sendable {
    /// A, `[r, inputs]`.
    let a: [Float]
    /// B, `[outputs, r]`.
    let b: [Float]
    let r: Int
    let inputs: Int
    let outputs: Int
    /// Whether the base keeps the weight as `[in, out]` (GPT-2).
    let isTransposed: Bool
  }

  private let base: any TensorSource
  private let scaling: Float
  private let changes: [String: Change]

  /// Merges `adapter` into `base`; an adapter that does not fit the tensors throws.
  public init(_ adapter: LoRAAdapter, into base: any TensorSource) throws {
    self.base = base
    scaling = adapter.configuration.scaling
    var pairs: [String: (a: Matrix?, b: Matrix?)] = [:]
    for tensor in adapter.namedTensors(of: adapter.parameters) {
      let (name, isA) = try Self.target(of: tensor.name)
      if isA { pairs[name, default: (nil, nil)].a = tensor.values }
      if !isA { pairs[name, default: (nil, nil)].b = tensor.values }
    }
    var changes: [String: Change] = [:]
    for (name, pair) in pairs {
      guard let a = pair.a, let b = pair.b else {
        throw ModelError.invalidAdapter("\(name) has only one of its two matrices")
      }
      changes[name] = try Self.change(a, b, of: name, base, adapter.model.family)
    }
    self.changes = changes
  }

  /// The base's tensor that a tensor of the adapter belongs to, by PEFT's names.
  private static func target(of name: String) throws(ModelError) -> (name: String, isA: Bool) {
    let prefix = "base_model.model."
    for (suffix, isA) in [(".lora_A.weight", true), (".lora_B.weight", false)]
    where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      return (name.dropFirst(prefix.count).dropLast(suffix.count) + ".weight", isA)
    }
    throw .invalidAdapter("\(name) is no name of an adapter's tensor")
  }

  private static func change(
    _ a: Matrix,
    _ b: Matrix,
    of name: String,
    _ base: any TensorSource,
    _ family: DecoderFamily
  ) throws -> Change {
    let isTransposed = family == .gpt2
    let expected = isTransposed ? [a.columns, b.rows] : [b.rows, a.columns]
    try base.require(name, shape: expected)
    return Change(
      a: a.values,
      b: b.values,
      r: a.rows,
      inputs: a.columns,
      outputs: b.rows,
      isTransposed: isTransposed
    )
  }

  /// Where the base's tensors come from.
  public var path: String { base.path }

  /// The names of all tensors: the base's.
  public var names: [String] { base.names }

  /// The shape of a tensor.
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }

  /// How a tensor is stored; changed ones are float32.
  public func elementType(of name: String) -> ElementType? {
    changes[name] == nil ? base.elementType(of: name) : .float32
  }

  /// Decodes some rows and adds what the adapter changes in them.
  public func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    try base.decodeRows(of: name, rows, into: &destination)
    guard let change = changes[name] else { return }
    if change.isTransposed {
      addTransposed(change, rows, to: &destination)
    } else {
      add(change, rows, to: &destination)
    }
  }

  private func add(_ change: Change, _ rows: Range<Int>, to values: inout MutableSpan<Float>) {
    let columns = change.inputs
    var sum = [Float](repeating: 0, count: columns)
    for row in rows {
      for column in 0..<columns { sum[column] = 0 }
      for k in 0..<change.r {
        let b = change.b[row * change.r + k]
        for column in 0..<columns { sum[column] += b * change.a[k * columns + column] }
      }
      let start = (row - rows.lowerBound) * columns
      for column in 0..<columns { values[start + column] += scaling * sum[column] }
    }
  }

  private func addTransposed(
    _ change: Change,
    _ rows: Range<Int>,
    to values: inout MutableSpan<Float>
  ) {
    for row in rows {
      let start = (row - rows.lowerBound) * change.outputs
      for output in 0..<change.outputs {
        var sum: Float = 0
        for k in 0..<change.r {
          sum += change.b[output * change.r + k] * change.a[k * change.inputs + row]
        }
        values[start + output] += scaling * sum
      }
    }
  }
}
