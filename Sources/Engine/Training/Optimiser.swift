internal import DecoderModels
internal import Tensors

/// AdamW over all trained parameters, in groups that differ in rate and decay.
///
/// With the gradients and two moments it holds three values a parameter beside the parameter itself: 12 bytes in
/// float32, and a best copy adds 4.
struct Optimiser: Sendable {
  /// Parameters with one learning rate and one decay.
  struct Group: Sendable, Hashable {
    /// The group's rate over the schedule's.
    let rateRatio: Double
    /// Whether weight decay holds for it.
    let decays: Bool
    /// Where its values stand, in order, neighbours joined.
    var ranges: [Range<Int>]
  }

  let gradients: FloatStorage
  let firstMoment: FloatStorage
  let secondMoment: FloatStorage
  let groups: [Group]
  private let parameters: FloatStorage
  private let weightDecay: Float

  init(_ trained: any TrainableParameters, configuration: TrainingConfiguration) {
    parameters = trained.parameters
    weightDecay = Float(configuration.weightDecay)
    gradients = FloatStorage(count: parameters.count)
    firstMoment = FloatStorage(count: parameters.count)
    secondMoment = FloatStorage(count: parameters.count)
    groups = Self.groups(trained, ratioOfB: configuration.loraPlusLRRatio)
  }

  func clearGradients() {
    fill(Matrix(storage: gradients, rows: 1, columns: gradients.count), with: 0)
  }

  /// The norm of all gradients.
  var gradientNorm: Double {
    let span = Profiling.begin(.optimiser)
    defer { Profiling.end(span) }
    return sumOfSquares(gradients, count: gradients.count).squareRoot()
  }

  /// One step, counted from 1.
  func step(_ step: Int, learningRate: Double, gradientScale: Double) {
    let span = Profiling.begin(.optimiser)
    defer { Profiling.end(span) }
    for group in groups {
      let rule = AdamW(weightDecay: group.decays ? weightDecay : 0)
      for range in group.ranges {
        rule.step(
          step,
          learningRate: Float(learningRate * group.rateRatio),
          parameters: parameters,
          gradients: gradients,
          firstMoment: firstMoment,
          secondMoment: secondMoment,
          gradientScale: Float(gradientScale),
          in: range
        )
      }
    }
  }

  private static func groups(_ trained: any TrainableParameters, ratioOfB: Double) -> [Group] {
    var groups: [Group] = []
    let tensors = trained.namedTensors(of: trained.parameters)
      .sorted { $0.values.offset < $1.values.offset }
    for (name, values) in tensors {
      let ratio = name.hasSuffix(".lora_B.weight") ? ratioOfB : 1
      let range = values.offset..<values.offset + values.rows * values.columns
      let place = groups.firstIndex { $0.rateRatio == ratio && $0.decays == decays(name) }
      guard let place else {
        groups.append(Group(rateRatio: ratio, decays: decays(name), ranges: [range]))
        continue
      }
      if let last = groups[place].ranges.last, last.upperBound == range.lowerBound {
        groups[place].ranges[groups[place].ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        groups[place].ranges.append(range)
      }
    }
    return groups
  }

  /// Whether weight decay holds for a tensor: biases and normalisations keep their size, as the field has it.
  private static func decays(_ name: String) -> Bool {
    let isAdapter = name.contains(".lora_")
    let isNorm = name.contains("norm") || name.contains(".ln_")
    return isAdapter || !(name.hasSuffix(".bias") || isNorm)
  }
}
