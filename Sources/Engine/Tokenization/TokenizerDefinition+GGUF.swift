import ModelFormats

extension TokenizerDefinition {
  /// Reads the `tokenizer.ggml.…` metadata of a GGUF file.
  init(gguf metadata: GGUFMetadata) throws(TokenizationError) {
    switch metadata.text("tokenizer.ggml.model") ?? "none" {
    case "gpt2": try self.init(byteLevel: metadata)
    case "llama", "gemma": try self.init(sentencePiece: metadata)
    case let kind:
      throw .unsupported(what: "tokenizer.ggml.model \(kind)", supported: Self.supportedKinds)
    }
    bosID = try id("bos", metadata)
    eosID = try id("eos", metadata)
    paddingID = try id("padding", metadata)
    addsBOS = metadata.bool("tokenizer.ggml.add_bos_token") ?? addsBOS
    for name in ["eot", "eom"] {
      if let end = try id(name, metadata) { endOfTurnIDs.append(end) }
    }
  }

  private init(byteLevel metadata: GGUFMetadata) throws(TokenizationError) {
    let splits: [String: PreTokenizer] = [
      "smollm": .smolLM, "gpt-2": .gpt2, "qwen2": .qwen2, "llama-bpe": .llama3,
    ]
    let name = metadata.text("tokenizer.ggml.pre") ?? "none"
    guard let preTokenizer = splits[name] else {
      throw .unsupported(what: "tokenizer.ggml.pre \(name)", supported: splits.keys.sorted())
    }
    self.init(scheme: .byteLevel(preTokenizer))
    normalisesToNFC = preTokenizer == .qwen2
    // Llama 3 takes a piece that is a token as it is, and starts every text with its mark; its
    // GGUF files say neither.
    ignoresMergesForWholePieces = preTokenizer == .llama3
    addsBOS = preTokenizer == .llama3
    try readTokens(metadata)
    try readMerges(metadata)
  }

  private init(sentencePiece metadata: GGUFMetadata) throws(TokenizationError) {
    let addsSpace = metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
    self.init(scheme: .sentencePiece(addsSpace ? .always : .never))
    dropsFirstSpace = addsSpace
    addsBOS = true
    for key in ["tokenizer.ggml.precompiled_charsmap"] where metadata[key] != nil {
      throw .unsupported(what: key, supported: ["texts that are not normalised"])
    }
    if metadata.bool("tokenizer.ggml.remove_extra_whitespaces") == true {
      throw .unsupported(what: "tokenizer.ggml.remove_extra_whitespaces", supported: ["false"])
    }
    try readTokens(metadata)
    try readByteTokens(key: "tokenizer.ggml.tokens")
    guard let scores = metadata.numbers("tokenizer.ggml.scores"), scores.count == spellings.count,
      scores.allSatisfy(\.isFinite)
    else {
      throw .invalid(
        key: "tokenizer.ggml.scores",
        reason: "expected \(spellings.count) finite numbers"
      )
    }
    merges = .scores(scores)
  }

  private mutating func readTokens(_ metadata: GGUFMetadata) throws(TokenizationError) {
    guard let tokens = metadata.strings("tokenizer.ggml.tokens") else {
      throw .missing(key: "tokenizer.ggml.tokens")
    }
    guard tokens.count <= Self.largestVocabulary else {
      throw .invalid(
        key: "tokenizer.ggml.tokens",
        reason: "more than \(Self.largestVocabulary) tokens"
      )
    }
    guard let types = metadata.integers("tokenizer.ggml.token_type"), types.count == tokens.count
    else {
      throw .invalid(
        key: "tokenizer.ggml.token_type",
        reason: "expected \(tokens.count) numbers"
      )
    }
    spellings = Array(tokens)
    for (index, type) in types.enumerated() {
      // 2 unknown, 3 control, 4 user-defined; 1 normal, 5 unused and 6 byte are no marks.
      if type != 1 { unmergeable.insert(Int32(index)) }
      guard (2...4).contains(type), !tokens[index].isEmpty else { continue }
      specials.append(
        SpecialToken(id: Int32(index), bytes: Array(tokens[index]), isControl: type != 4)
      )
      if type == 3, Self.endOfTurnNames.contains(tokens.text(index)) {
        endOfTurnIDs.append(Int32(index))
      }
    }
  }

  private mutating func readMerges(_ metadata: GGUFMetadata) throws(TokenizationError) {
    guard let list = metadata.strings("tokenizer.ggml.merges") else {
      throw .missing(key: "tokenizer.ggml.merges")
    }
    var pairs: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] = []
    pairs.reserveCapacity(list.count)
    for (index, pair) in list.enumerated() {
      // The alphabet has no space, so the first one is the border.
      guard let border = pair.firstIndex(of: 0x20) else {
        throw .invalid(
          key: "tokenizer.ggml.merges",
          reason: "entry \(index + 1) has no space in it"
        )
      }
      pairs.append((pair[..<border], pair[(border + 1)...]))
    }
    merges = .pairs(pairs)
  }

  private func id(_ name: String, _ metadata: GGUFMetadata) throws(TokenizationError) -> Int32? {
    let key = "tokenizer.ggml.\(name)_token_id"
    guard metadata[key] != nil else { return nil }
    guard let id = metadata.integer(key), spellings.indices.contains(id) else {
      throw .invalid(key: key, reason: "expected a number from 0 to \(spellings.count - 1)")
    }
    return Int32(id)
  }
}
