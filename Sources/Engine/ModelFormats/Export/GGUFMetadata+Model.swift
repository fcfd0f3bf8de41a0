import Foundations

extension DecoderConfiguration {
  /// Writes the architecture's keys, as `convert_hf_to_gguf.py` of llama.cpp names them.
  ///
  /// What Gemma 3 files leave out because it is the same in all released models is written where
  /// this model differs.
  func write(to metadata: inout GGUFMetadata, path: String) throws(FormatError) {
    let name = family.ggufArchitecture
    func set(_ key: String, _ value: GGUFValue) { metadata.set("\(name).\(key)", to: value) }
    set("context_length", .count(contextLength))
    set("embedding_length", .count(hiddenSize))
    set("block_count", .count(layers))
    set("feed_forward_length", .count(intermediateSize))
    set("attention.head_count", .count(heads))
    set("vocab_size", .count(vocabularySize))
    guard family != .gpt2 else {
      return set("attention.layer_norm_epsilon", .float(normEpsilon))
    }
    set("attention.head_count_kv", .count(kvHeads))
    set("attention.layer_norm_rms_epsilon", .float(normEpsilon))
    set("rope.freq_base", .float(Float(ropeTheta)))
    if family == .llama { set("rope.dimension_count", .count(headSize)) }
    if family == .qwen3 || family == .gemma3 || headSize * heads != hiddenSize {
      set("attention.key_length", .count(headSize))
      set("attention.value_length", .count(headSize))
    }
    guard family == .gemma3 else { return try refuseSliding(path) }
    if let slidingWindow { set("attention.sliding_window", .count(slidingWindow)) }
    if attentionSpans != Self.spans(layers: layers, pattern: 6) {
      set("attention.sliding_window_pattern", .bools(attentionSpans.map { $0 == .sliding }))
    }
    if let localRopeTheta, localRopeTheta != 10_000 {
      set("rope.freq_base_swa", .float(Float(localRopeTheta)))
    }
    let usual = Double(layers == 62 ? hiddenSize / heads : headSize).squareRoot().inverse
    if Float(attentionScale) != Float(usual) {
      set("attention.scale", .float(Float(attentionScale)))
    }
  }

  private func refuseSliding(_ path: String) throws(FormatError) {
    guard !attentionSpans.contains(.sliding) else {
      throw .unsupported(
        path: path,
        what: "a GGUF file of a \(family) with sliding layers",
        supported: ["layers that see everything", "the format huggingface"]
      )
    }
  }
}

extension GenerationDefaults {
  /// Writes what is suggested for sampling.
  func write(to metadata: inout GGUFMetadata) {
    func set(_ key: String, _ value: Double?) {
      metadata.set("general.sampling.\(key)", to: value.map { .float(Float($0)) })
    }
    metadata.set("general.sampling.top_k", to: topK.map { .signed(Int64($0)) })
    set("top_p", topP)
    set("min_p", minP)
    set("temp", temperature)
    set("penalty_repeat", repetitionPenalty)
  }
}
