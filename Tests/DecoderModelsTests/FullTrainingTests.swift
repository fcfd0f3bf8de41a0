import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import DecoderModels

/// Full fine-tuning of every family's tiny model.
struct FullTrainingTests {
  private static func open(_ family: DecoderFamily) throws -> any DecoderModel {
    try Parity.model(Fixture.url("tiny/\(family)"), trainable: true)
  }

  private static func batch(_ family: DecoderFamily) throws -> TokenBatch {
    try Parity.batch(try #require(try FamilyParityTests.training(family)["batch"]))
  }

  @Test(arguments: FamilyParityTests.families)
  func `a trainable model has the file's tensors and gives the frozen model's logits`(
    family: DecoderFamily
  ) throws {
    let source = try ModelSource.open(Fixture.url("tiny/\(family)"))
    let model = try Self.open(family)
    let full = try #require(model.fullParameters)
    let ids: [Int32] = [5, 17, 99, 300, 12, 44]

    let tensors = full.namedTensors(of: full.parameters)

    #expect(Set(tensors.map(\.name)) == Set(source.tensors.names))
    for tensor in tensors {
      #expect(full.shape(of: tensor.name) == source.tensors.shape(of: tensor.name))
      #expect(tensor.values.values == (try source.tensors.floats(of: tensor.name)))
    }
    let frozen = try Parity.logits(try FamilyParityTests.model(family), ids)
    #expect(Parity.worst(try Parity.logits(model, ids).values, frozen.values) < 1e-5)
  }

  @Test(arguments: FamilyParityTests.families)
  func `the gradient of every tensor equals differences along it`(family: DecoderFamily) throws {
    let model = try Self.open(family)
    let full = try #require(model.fullParameters)
    let batch = try Self.batch(family)
    let gradients = FloatStorage(count: full.parameterCount)
    var tape = TrainingTape()
    _ = try model.lossesAndGradients(
      batch,
      adapter: nil,
      gradients: gradients,
      lossScale: 1 / Float(batch.targets.count),
      dropout: nil,
      tape: &tape
    )
    let pairs = zip(full.namedTensors(of: full.parameters), full.namedTensors(of: gradients))
    var worst = 0.0

    for (tensor, gradient) in pairs {
      let norm = Parity.norm2(gradient.values)
      #expect(norm > 0, "\(tensor.name)")
      let found = try Slope.along(gradient.values, of: tensor.values) {
        let losses = try model.losses(batch, adapter: nil, tape: &tape)
        return losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
      }
      #expect(abs(found - norm) < 3e-3 * norm + 3e-5, "\(tensor.name): \(found) and \(norm)")
      worst = max(worst, abs(found / norm - 1))
    }
    Measured.note("\(family) full gradient", "worst relative \(worst)")
  }

  @Test(arguments: FamilyParityTests.families)
  func `steps of the optimiser lower the loss and move every tensor`(
    family: DecoderFamily
  ) throws {
    let model = try Self.open(family)
    let full = try #require(model.fullParameters)
    let batch = try Self.batch(family)
    let before = full.namedTensors(of: full.parameters).map { $0.values.values }

    let losses = try Steps(count: full.parameterCount).run(6, full.parameters) { gradients, tape in
      try model.lossesAndGradients(
        batch,
        adapter: nil,
        gradients: gradients,
        lossScale: 1 / Float(batch.targets.count),
        dropout: nil,
        tape: &tape
      )
    }

    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
    for (tensor, old) in zip(full.namedTensors(of: full.parameters), before) {
      #expect(tensor.values.values != old, "\(tensor.name)")
    }
  }

  @Test func `checkpointing leaves every bit of the full gradient`() throws {
    for family in FamilyParityTests.families {
      let model = try Self.open(family)
      let count = try #require(model.fullParameters).parameterCount
      let batch = try Self.batch(family)
      func gradient(_ checkpoints: Bool) throws -> [Float] {
        let gradients = FloatStorage(count: count)
        var tape = TrainingTape()
        tape.checkpointsActivations = checkpoints
        _ = try model.lossesAndGradients(
          batch,
          adapter: nil,
          gradients: gradients,
          lossScale: 1,
          dropout: nil,
          tape: &tape
        )
        return Matrix(storage: gradients, rows: 1, columns: count).values
      }

      #expect(try gradient(true) == gradient(false), "\(family)")
    }
  }

  @Test func `a trainable model in bf16 is refused with what to do`() throws {
    let error = #expect(throws: (any Error).self) {
      try Parity.model(Fixture.url("tiny/llama"), .bf16, trainable: true)
    }

    #expect("\(error.map { "\($0)" } ?? "")".contains("f32"))
  }
}

/// Differences of a loss along a direction.
enum Slope {
  /// The derivative along `direction`, scaled to length one, from four values of the loss.
  ///
  /// Central differences at two distances, combined so that the error is of the fourth order
  /// (Richardson); the tensor is put back bit for bit.
  static func along(
    _ direction: Matrix,
    of tensor: Matrix,
    distance: Double = 0.04,
    _ loss: () throws -> Double
  ) rethrows -> Double {
    let kept = tensor.values
    let length = Parity.norm2(direction)
    let unit = direction.values.map { Double($0) / length }
    func at(_ step: Double) throws -> Double {
      put(zip(kept, unit).map { Float(Double($0) + step * $1) }, into: tensor)
      return try loss()
    }
    func central(_ step: Double) throws -> Double { try (at(step) - at(-step)) / (2 * step) }
    defer { put(kept, into: tensor) }
    return try (4 * central(distance / 2) - central(distance)) / 3
  }

  private static func put(_ values: [Float], into tensor: Matrix) {
    for row in 0..<tensor.rows {
      for column in 0..<tensor.columns {
        tensor[row, column] = values[row * tensor.columns + column]
      }
    }
  }
}
