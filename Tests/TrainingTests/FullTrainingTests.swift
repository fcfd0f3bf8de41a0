import DecoderModels
import Foundation
import Foundations
import ModelFormats
import Tensors
import TestSupport
import Testing

@testable import Training

/// Every weight of the tiny models.
struct FullTrainingTests {
  private func model(_ family: String = "llama") throws -> any DecoderModel {
    let source = try ModelSource.open(Fixture.url("tiny/\(family)"))
    return try DecoderModels.open(
      source.tensors,
      configuration: source.configuration,
      dataType: .f32,
      trainable: true
    )
  }

  private func configuration(steps: Int = 5) -> TrainingConfiguration {
    var configuration = TinyTraining.configuration()
    configuration.finetuningType = .full
    configuration.maxSteps = steps
    configuration.learningRate = 2e-3
    return configuration
  }

  @Test(arguments: ["llama", "gpt2", "gemma3_text"])
  func `the loss on one batch falls and every tensor moves`(family: String) throws {
    let rows = try TinyTraining.rows(try TinyTraining.fixture())
    let model = try model(family)
    let full = try #require(model.fullParameters)
    let before = Dictionary(
      uniqueKeysWithValues: full.namedTensors(of: full.parameters).map {
        ($0.name, $0.values.values)
      }
    )
    let trainer = try Trainer(
      model,
      set: try TrainingSet(
        rows.map { row in
          TrainingRow(ids: row.ids.map { $0 % 300 }, isSupervised: row.isSupervised)
        },
        maxLength: 128,
        truncates: false,
        vocabularySize: 300
      ),
      configuration: configuration()
    )

    let losses = try TinyTraining.losses(trainer)

    #expect(losses[4] < losses[0])
    #expect(trainer.adapter == nil && trainer.plan.trainableParameters == full.parameterCount)
    for (name, values) in full.namedTensors(of: full.parameters) {
      #expect(values.values != before[name], "\(name)")
    }
  }

  @Test func `norms and biases do not decay`() throws {
    let full = try #require(try model("gpt2").fullParameters)

    let groups = Optimiser(full, configuration: configuration()).groups

    #expect(groups.count == 2 && Set(groups.map(\.decays)) == [true, false])
    let kept = groups.filter { !$0.decays }.flatMap(\.ranges).reduce(0) { $0 + $1.count }
    let expected = full.namedTensors(of: full.parameters)
      .filter { $0.name.hasSuffix(".bias") || $0.name.contains(".ln_") }
      .reduce(0) { $0 + $1.values.rows * $1.values.columns }
    #expect(kept == expected && kept > 0)
  }

  @Test func `the written folder opens as the trained model`() throws {
    let folder = try ScratchFolder()
    let source = try ModelSource.open(Fixture.url("tiny/llama"))
    let model = try model()
    let trainer = try Trainer(
      model,
      set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
      configuration: configuration(steps: 2)
    )
    _ = try TinyTraining.losses(trainer)

    try ModelExporter(source, tensors: TrainedWeights(model))
      .writeFolder(to: folder.file("model"), type: .float32)
    let written = try ModelSource.open(folder.file("model"))

    let full = try #require(model.fullParameters)
    for (name, values) in full.namedTensors(of: full.parameters) {
      #expect(try written.tensors.floats(of: name) == values.values, "\(name)")
    }
    #expect(folder.names("model").contains("tokenizer.json"))
  }

  @Test func `a full training resumes bit for bit`() throws {
    let folder = try ScratchFolder()
    var configuration = configuration(steps: 4)
    configuration.saveSteps = 2
    let origin = CheckpointOrigin(configuration: configuration, facts: [:])
    func train(from checkpoint: URL?) throws -> [UInt32] {
      let trainer = try Trainer(
        try model(),
        set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
        configuration: configuration
      )
      let start = try checkpoint.map {
        try CheckpointFolder.read($0, of: trainer.trained, origin: origin)
      }
      _ = try trainer.train(from: start) { event in
        guard case .checkpointDue(let checkpoint) = event else { return }
        try CheckpointFolder.write(
          checkpoint,
          of: trainer.trained,
          origin: origin,
          baseModel: "tiny",
          in: folder.url
        )
      }
      return trainer.trained.parameters.bits
    }

    let whole = try train(from: nil)

    #expect(try train(from: folder.file("checkpoint-2")) == whole)
  }

  @Test func `a checkpoint's files are those of the tensors written at once`() throws {
    let folder = try ScratchFolder()
    var configuration = configuration(steps: 1)
    configuration.saveSteps = 1
    let trainer = try Trainer(
      try model(),
      set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
      configuration: configuration
    )
    var moments: [NamedTensor] = []
    _ = try trainer.train { event in
      guard case .checkpointDue(let checkpoint) = event else { return }
      try CheckpointFolder.write(
        checkpoint,
        of: trainer.trained,
        origin: CheckpointOrigin(configuration: configuration, facts: [:]),
        baseModel: "tiny",
        in: folder.url
      )
      for (prefix, block) in [
        ("exp_avg.", checkpoint.firstMoment), ("exp_avg_sq.", checkpoint.secondMoment),
      ] {
        moments += trainer.trained.namedTensors(of: block).map {
          NamedTensor(
            name: prefix + $0.name,
            shape: [$0.values.rows, $0.values.columns],
            values: $0.values.values
          )
        }
      }
    }

    let written = try Data(contentsOf: folder.file("checkpoint-1/optimizer.safetensors"))

    #expect(Array(written) == SafetensorsWriter.encode(moments, metadata: ["format": "pt"]))
  }

  @Test func `computing blocks again changes no bit`() throws {
    func trained(_ checkpointing: GradientCheckpointing) throws -> [UInt32] {
      var configuration = configuration(steps: 3)
      configuration.gradientCheckpointing = checkpointing
      let trainer = try Trainer(
        try model(),
        set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
        configuration: configuration
      )
      _ = try TinyTraining.losses(trainer)
      return trainer.trained.parameters.bits
    }

    #expect(try trained(.on) == trained(.off))
  }
}

struct MemoryPlanTests {
  private func plan(limit: Int?, rows: Int = 8) throws -> MemoryPlan {
    var configuration = TinyTraining.configuration()
    configuration.perDeviceTrainBatchSize = rows
    return try Trainer(
      try TinyTraining.model.get(),
      set: try TinyTraining.set(try TinyTraining.rows(try TinyTraining.fixture())),
      configuration: configuration,
      memoryLimit: limit
    ).memory
  }

  @Test func `blocks are computed again where keeping them passes the limit, and not below`() throws
  {
    let free = try plan(limit: nil)
    let total = free.totalBytes

    #expect(!free.checkpointsActivations && free.fits)
    #expect(try !plan(limit: total).checkpointsActivations)
    let tight = try plan(limit: total - 1)
    #expect(tight.checkpointsActivations && tight.totalBytes < total && tight.fits)
  }

  @Test func `frozen weights count as they are held, and trained ones with their parameters`()
    throws
  {
    let model = try TinyTraining.model.get()
    let c = model.configuration
    let fused = (c.heads + 2 * c.kvHeads) * c.headSize
    let block = c.hiddenSize * (fused + c.heads * c.headSize + 3 * c.intermediateSize)
    let values = c.layers * block + c.vocabularySize * c.hiddenSize * (c.tiedEmbeddings ? 1 : 2)

    #expect(try plan(limit: nil).weightBytes == 4 * values)
    guard let file = TestModel.smolLM2 else { return }
    let source = try ModelSource.open(file)
    let quantised = try DecoderModels.open(
      source.tensors,
      configuration: source.configuration,
      dataType: .f32
    )
    // 98 MB of blocks, their scales among them, and norms and the vocabulary's texts.
    #expect(quantised.weightBytes > 80_000_000 && quantised.weightBytes < 98_362_432)
  }

  @Test func `the longest pass is what the activations are planned for`() throws {
    let whole = try plan(limit: nil, rows: 4)
    let single = try plan(limit: nil, rows: 1)

    #expect(whole.longestPassTokens == 78 + 97 + 104 + 75)
    #expect(single.longestPassTokens == 104)
    #expect(whole.keptBytes * 104 == single.keptBytes * 354)
  }
}
