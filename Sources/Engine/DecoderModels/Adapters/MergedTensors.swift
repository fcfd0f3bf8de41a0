public import ModelFormats
internal import Tensors

/// A model's tensors with an adapter merged into them, one tensor at a time as they are asked for.
///
/// `W + scaling B A` in float32, under the names and in the layout of the base (GPT-2's weights are
/// `[in, out]`). Tensors that the adapter leaves alone are the base's.
public struct MergedTensors: TensorSource {
  private let base: any TensorSource
  private let adapter: LoRAAdapter
  private let places: [String: LoRAAdapter.MergePlace]

  /// Tensors of `base` with `adapter`; throws when the adapter changes a tensor that the base lacks
  /// or that has another shape.
  public init(_ base: any TensorSource, adapter: LoRAAdapter) throws {
    self.base = base
    self.adapter = adapter
    places = adapter.mergePlaces
    for (name, place) in places { try base.require(name, shape: place.shape) }
  }

  /// Where the base comes from.
  public var path: String { base.path }
  /// The base's names.
  public var names: [String] { base.names }

  /// The base's shape.
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }

  /// Float32 where the adapter changes a tensor, else how the base stores it.
  public func elementType(of name: String) -> ElementType? {
    places[name] == nil ? base.elementType(of: name) : .float32
  }

  /// Decodes some rows of the base and adds the adapter's part of them.
  public func decodeRows(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FormatError) {
    try base.decodeRows(of: name, rows, into: &destination)
    guard let place = places[name] else { return }
    let change = adapter.change(place, rows: rows).values
    for index in 0..<destination.count { destination[index] += change[index] }
  }

  /// The base's blocks; none where the adapter changes a tensor, whose values are computed.
  public func blockType(of name: String) -> ElementType? {
    places[name] == nil ? base.blockType(of: name) : nil
  }

  /// Copies the base's blocks; traps for a tensor that the adapter changes.
  public func copyBlocks(
    of name: String,
    _ rows: Range<Int>,
    into destination: inout MutableSpan<UInt8>
  ) throws(FormatError) {
    precondition(places[name] == nil, "a merged tensor has no stored blocks: \(name)")
    try base.copyBlocks(of: name, rows, into: &destination)
  }
}

extension LoRAAdapter {
  /// Where a base tensor's part of an adapter stands.
  struct MergePlace: Sendable {
    let layer: Int
    let group: ProjectionGroup
    let member: Int
    let shape: [Int]
    let isTransposed: Bool
  }

  /// The base's tensors that the adapter changes, by name.
  var mergePlaces: [String: MergePlace] {
    var result: [String: MergePlace] = [:]
    for layer in 0..<model.layers {
      for group in ProjectionGroup.allCases {
        let modules = design.groups[group.rawValue]
        let targeted = modules.filter { configuration.targets.contains($0.target) }
        for (member, module) in targeted.enumerated() {
          let shape = [module.rows, module.columns]
          result[design.name(layer, module.path) + ".weight"] = MergePlace(
            layer: layer,
            group: group,
            member: member,
            shape: module.isStoredTransposed ? shape.reversed() : shape,
            isTransposed: module.isStoredTransposed
          )
        }
      }
    }
    return result
  }

  /// `scaling B A`, some rows as the base stores them.
  func change(_ place: MergePlace, rows: Range<Int>) -> Matrix {
    guard let view = view(of: parameters, layer: place.layer, group: place.group) else {
      preconditionFailure("layer \(place.layer) has no \(place.group) in this adapter")
    }
    let r = configuration.r
    let a = view.a.rowSlice(place.member * r..<(place.member + 1) * r)
    let b = view.members[place.member].b
    let result = Matrix(rows: rows.count, columns: place.shape[1])
    if place.isTransposed {
      let part = a.columnSlice(rows)
      multiply(part, .transposed, b, .transposed, into: result, scale: configuration.scaling)
    } else {
      multiply(b.rowSlice(rows), .plain, a, .plain, into: result, scale: configuration.scaling)
    }
    return result
  }
}
