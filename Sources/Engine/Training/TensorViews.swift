internal import ModelFormats
internal import Tensors

/// Views onto blocks of parameters or moments, to be written without a copy of them all.
struct TensorViews: TensorSource {
  private let views: [String: Tensors.Matrix]

  let path = "the trainer's memory"
  let names: [String]

  /// Views of contiguous rows.
  init(_ tensors: [(name: String, values: Tensors.Matrix)]) {
    names = tensors.map(\.name)
    views = Dictionary(tensors.map { ($0.name, $0.values) }) { $1 }
  }

  func shape(of name: String) -> [Int]? { views[name].map { [$0.rows, $0.columns] } }

  func elementType(of name: String) -> ElementType? { views[name] == nil ? nil : .float32 }

  func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    guard let view = views[name] else { throw .missingTensor(path: path, name: name) }
    precondition(view.stride == view.columns, "rows that do not stand one after another")
    let start = view.offset + rows.lowerBound * view.columns
    view.storage.copy(from: start, into: &destination)
  }
}
