public import DecoderModels
public import ModelFormats
internal import Tensors

/// The weights of a model that was trained in full, to be written like any model's.
public struct TrainedWeights: TensorSource {
  private let parameters: FullParameters
  private let offsets: [String: Int]

  /// Where the tensors come from, for error texts.
  public let path = "the trained weights"
  /// The names of all tensors.
  public let names: [String]

  /// The weights of a model that was opened to be trained in full; nil for another.
  public init?(_ model: any DecoderModel) {
    guard let parameters = model.fullParameters else { return nil }
    self.parameters = parameters
    let tensors = parameters.namedTensors(of: parameters.parameters)
    names = tensors.map(\.name)
    offsets = Dictionary(tensors.map { ($0.name, $0.values.offset) }) { $1 }
  }

  /// The shape of a tensor; nil if there is none of that name.
  public func shape(of name: String) -> [Int]? { parameters.shape(of: name) }

  /// How the tensor is stored; nil if there is none of that name.
  public func elementType(of name: String) -> ElementType? {
    offsets[name] == nil ? nil : .float32
  }

  /// Copies some rows into `destination`, which must have room for exactly those.
  public func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard let offset = offsets[name], let shape = shape(of: name) else {
      throw .missingTensor(path: path, name: name)
    }
    let start = offset + rows.lowerBound * (shape.last ?? 1)
    parameters.parameters.copy(from: start, into: &destination)
  }
}
