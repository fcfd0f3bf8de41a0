import Experiments
import Foundations
import Judging
import Testing

struct RunSpecificationTests {
  static func specification(
    kind: RunKind = .loraSFT,
    training: JSONValue? = ["learning_rate": 0.001],
    maxNewTokens: Int = 96,
    dtype: String = "auto"
  ) throws(ExperimentError) -> RunSpecification {
    try RunSpecification(
      kind: kind,
      model: "tiny",
      datasetKey: "demo-v1",
      judge: Judges.standard.identity,
      generation: GenerationSettings(maxNewTokens: maxNewTokens, batchSize: 8, dtype: dtype),
      training: training,
      seed: UInt64.max,
      baseRunID: .random()
    )
  }

  @Test func `a specification survives JSON`() throws {
    let specification = try Self.specification()

    let text = specification.json.compact
    let copy = try RunSpecification(json: JSONValue(parsing: text))

    #expect(copy == specification)
    #expect(text.contains("\"kind\":\"lora_sft\""))
    #expect(text.contains("\"judge\":\"answer_correctness@v2\""))
  }

  @Test func `a named chat template is kept, and no template leaves the text as it was`() throws {
    let plain = try Self.specification()
    #expect(plain.json["chat_template"] == nil)
    let named = try RunSpecification(
      json: plain.json.setting("chat_template", to: "gemma")
    )

    #expect(named.chatTemplate == "gemma" && named != plain)
    #expect(try RunSpecification(json: named.json) == named)
  }

  @Test func `an inference run has no training and no base`() throws {
    let specification = try RunSpecification(
      kind: .inference,
      model: "tiny",
      datasetKey: "demo-v1",
      judge: Judges.standard.identity,
      generation: GenerationSettings(maxNewTokens: 1, batchSize: 1),
      training: nil,
      seed: 0
    )

    #expect(try RunSpecification(json: specification.json) == specification)
  }

  @Test func `values that cannot be used are refused with their place`() throws {
    #expect(
      throws: ExperimentError.badValue(
        path: "/training",
        requirement: "given for lora_sft",
        found: "null"
      )
    ) { try Self.specification(training: nil) }
    #expect(
      throws: ExperimentError.badValue(
        path: "/training",
        requirement: "null for inference",
        found: "given"
      )
    ) { try Self.specification(kind: .inference) }
    #expect(
      throws: ExperimentError.badValue(
        path: "/generation/max_new_tokens",
        requirement: "at least 1",
        found: "0"
      )
    ) { try Self.specification(maxNewTokens: 0) }
    #expect(
      throws: ExperimentError.badValue(
        path: "/generation/dtype",
        requirement: "auto, f32 or bf16",
        found: "int3"
      )
    ) { try Self.specification(dtype: "int3") }
  }

  @Test(arguments: [
    "kind", "model", "dataset_key", "judge", "generation", "seed",
  ])
  func `a missing field is named`(_ name: String) throws {
    let members = try #require(Self.specification().json.object)
    let damaged = JSONValue.object(members.filter { $0.key != name })

    let error = #expect(throws: ExperimentError.self) { try RunSpecification(json: damaged) }

    #expect(error?.description.contains("/\(name)") == true)
  }

  @Test func `a field that nobody reads is refused`() throws {
    let json = try Self.specification().json.setting("sede", to: 1)

    let error = #expect(throws: ExperimentError.self) { try RunSpecification(json: json) }

    #expect(error?.description.hasPrefix("/sede: unknown field; known fields: kind, model") == true)
  }

  @Test func `sampling settings survive JSON`() throws {
    var sampling = SamplingSettings()
    sampling.temperature = 0.7
    sampling.topK = 40
    sampling.topP = 0.9
    sampling.minP = 0.05
    sampling.repetitionPenalty = 1.1
    let generation = GenerationSettings(
      maxNewTokens: 8,
      batchSize: 2,
      sampling: sampling,
      stop: ["\n\n", "Question:"],
      sharesPrefixes: false
    )
    let specification = try RunSpecification(
      kind: .inference,
      model: "tiny",
      datasetKey: "demo-v1",
      judge: Judges.standard.identity,
      generation: generation,
      training: nil,
      seed: 1
    )

    #expect(try RunSpecification(json: specification.json).generation == generation)
  }

  @Test func `a run that was stored before sampling existed is greedy`() throws {
    let stored = try Self.specification().json.setting(
      "generation",
      to: ["max_new_tokens": 96, "batch_size": 8, "dtype": "auto"]
    )
    let generation = try RunSpecification(json: stored).generation

    #expect(generation == GenerationSettings(maxNewTokens: 96, batchSize: 8))
    #expect(generation.sampling.temperature == 0)
  }

  @Test(
    arguments: [
      ("temperature", -1), ("temperature", 101), ("top_k", -1), ("top_p", 0), ("top_p", 1.5),
      ("min_p", 2), ("repetition_penalty", 0), ("stop", [""]), ("stop", [3]), ("top_k", "many"),
      ("prefix_sharing", 1), ("beams", 4),
    ] as [(String, JSONValue)]
  )
  func `a generation setting that cannot be followed is refused`(
    name: String,
    value: JSONValue
  ) throws {
    let whole = try Self.specification().json
    let generation = try #require(whole["generation"]).setting(name, to: value)

    let error = #expect(throws: ExperimentError.self) {
      try RunSpecification(json: whole.setting("generation", to: generation))
    }

    #expect(error?.description.contains("/generation/\(name)") == true)
  }
}
