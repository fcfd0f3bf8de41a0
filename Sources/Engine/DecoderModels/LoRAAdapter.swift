public import Foundations
public import ModelFormats
public import Tensors

/// A low-rank adapter: all its parameters in one block, and views of them by layer and projection.
///
/// Projections that read the same input keep their A matrices stacked, so that `A x` is one product.
public struct LoRAAdapter: Sendable {
  /// The adapter's sizes.
  public let configuration: LoRAConfiguration
  /// The model's sizes.
  public let model: DecoderConfiguration
  /// All parameters, layer after layer.
  public let parameters: FloatStorage
  private let places: [[GroupPlace?]]

  /// Where one group's parameters start, and which projections they belong to.
  struct GroupPlace: Sendable {
    let a: Int
    let members: [MemberPlace]
  }

  struct MemberPlace: Sendable {
    let projection: Projection
    let b: Int
    let outputColumns: Range<Int>
  }

  /// One group's parameters, or their gradients: A stacked `[P r, in]`, each B `[out, r]`.
  struct GroupView {
    let a: Matrix
    let members: [(projection: Projection, b: Matrix, outputColumns: Range<Int>)]
  }

  /// An adapter whose parameters are all zero, for loading.
  public init(_ configuration: LoRAConfiguration, model: DecoderConfiguration) {
    self.configuration = configuration
    self.model = model
    var next = 0
    places = (0..<model.layers).map { _ in
      ProjectionGroup.allCases.map { group in
        Self.place(group, configuration, model, from: &next)
      }
    }
    parameters = FloatStorage(count: next)
  }

  /// A fresh adapter: A uniform in ±1 / sqrt(in) (PEFT's default), B zero, so that it changes nothing yet.
  public init(
    _ configuration: LoRAConfiguration,
    model: DecoderConfiguration,
    random: inout RandomStream
  ) {
    self.init(configuration, model: model)
    for layer in 0..<model.layers {
      for group in ProjectionGroup.allCases {
        guard let view = view(of: parameters, layer: layer, group: group) else { continue }
        let bound = 1 / Double(view.a.columns).squareRoot()
        for row in 0..<view.a.rows {
          for column in 0..<view.a.columns {
            view.a[row, column] = Float((2 * random.uniform() - 1) * bound)
          }
        }
      }
    }
  }

  /// The number of parameters.
  public var parameterCount: Int { parameters.count }

  /// Every tensor under PEFT's name: A `[r, in]`, B `[out, r]`, as views onto `storage`.
  public func namedTensors(of storage: FloatStorage) -> [(name: String, values: Matrix)] {
    var result: [(name: String, values: Matrix)] = []
    for layer in 0..<model.layers {
      for group in ProjectionGroup.allCases {
        guard let view = view(of: storage, layer: layer, group: group) else { continue }
        for (index, member) in view.members.enumerated() {
          let path = "base_model.model.model.layers.\(layer).\(member.projection.modulePath)"
          let r = configuration.r
          result.append(
            (path + ".lora_A.weight", view.a.rowSlice(index * r..<(index + 1) * r))
          )
          result.append((path + ".lora_B.weight", member.b))
        }
      }
    }
    return result
  }

  func view(of storage: FloatStorage, layer: Int, group: ProjectionGroup) -> GroupView? {
    guard let place = places[layer][group.rawValue] else { return nil }
    let r = configuration.r
    let columns = group.members[0].columns(model)
    return GroupView(
      a: Matrix(
        storage: storage,
        offset: place.a,
        rows: place.members.count * r,
        columns: columns
      ),
      members: place.members.map { member in
        (
          member.projection,
          Matrix(
            storage: storage,
            offset: member.b,
            rows: member.outputColumns.count,
            columns: r
          ),
          member.outputColumns
        )
      }
    )
  }

  private static func place(
    _ group: ProjectionGroup,
    _ configuration: LoRAConfiguration,
    _ model: DecoderConfiguration,
    from next: inout Int
  ) -> GroupPlace? {
    let targeted = group.members.filter(configuration.targets.contains)
    guard !targeted.isEmpty else { return nil }
    let a = next
    next += targeted.count * configuration.r * group.members[0].columns(model)
    var members: [MemberPlace] = []
    var column = 0
    for projection in group.members {
      let rows = projection.rows(model)
      if targeted.contains(projection) {
        members.append(
          MemberPlace(projection: projection, b: next, outputColumns: column..<column + rows)
        )
        next += rows * configuration.r
      }
      column += rows
    }
    return GroupPlace(a: a, members: members)
  }
}
