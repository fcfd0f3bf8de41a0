public import Foundations
public import ModelFormats
public import Tensors

/// A low-rank adapter: all its parameters in one block, and views of them by layer and projection.
///
/// Projections that read the same input keep their A matrices stacked, so that `A x` is one product.
public struct LoRAAdapter: TrainableParameters {
  /// The adapter's sizes.
  public private(set) var configuration: LoRAConfiguration
  /// The model's sizes.
  public let model: DecoderConfiguration
  /// All parameters, layer after layer.
  public let parameters: FloatStorage
  let design: DecoderDesign
  private let places: [[GroupPlace?]]

  /// Where one group's parameters start, and which projections they belong to.
  struct GroupPlace: Sendable {
    let a: Int
    let members: [MemberPlace]
  }

  struct MemberPlace: Sendable {
    let path: String
    let b: Int
    let outputColumns: Range<Int>
  }

  /// One group's parameters, or their gradients: A stacked `[P r, in]`, each B `[out, r]`.
  struct GroupView {
    let a: Matrix
    let members: [(path: String, b: Matrix, outputColumns: Range<Int>)]
  }

  /// An adapter whose parameters are all zero, for loading; throws when the model lacks a target.
  public init(
    _ configuration: LoRAConfiguration,
    model: DecoderConfiguration
  ) throws(ModelError) {
    let fitted = try configuration.fitted(to: model)
    let design = DecoderDesign(model)
    self.configuration = fitted
    self.model = model
    self.design = design
    var next = 0
    places = (0..<model.layers).map { _ in
      design.groups.map { Self.place($0, fitted, from: &next) }
    }
    parameters = FloatStorage(count: next)
  }

  /// A fresh adapter: A uniform in ±1 / sqrt(in) (PEFT's default), B zero, so that it changes nothing yet.
  public init(
    _ configuration: LoRAConfiguration,
    model: DecoderConfiguration,
    random: inout RandomStream
  ) throws(ModelError) {
    try self.init(configuration, model: model)
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

  /// The same parameters, to be trained with another dropout.
  public func withDropout(_ dropout: Double) -> LoRAAdapter {
    var adapter = self
    adapter.configuration.dropout = dropout
    return adapter
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
          let path = "base_model.model." + design.name(layer, member.path)
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
    let columns = design.groups[group.rawValue][0].columns
    return GroupView(
      a: Matrix(
        storage: storage,
        offset: place.a,
        rows: place.members.count * r,
        columns: columns
      ),
      members: place.members.map { member in
        (
          member.path,
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
    _ modules: [LinearModule],
    _ configuration: LoRAConfiguration,
    from next: inout Int
  ) -> GroupPlace? {
    let targeted = modules.filter { configuration.targets.contains($0.target) }
    guard let first = targeted.first else { return nil }
    let a = next
    next += targeted.count * configuration.r * first.columns
    var members: [MemberPlace] = []
    var column = 0
    for module in modules {
      if configuration.targets.contains(module.target) {
        members.append(
          MemberPlace(path: module.path, b: next, outputColumns: column..<column + module.rows)
        )
        next += module.rows * configuration.r
      }
      column += module.rows
    }
    return GroupPlace(a: a, members: members)
  }
}
