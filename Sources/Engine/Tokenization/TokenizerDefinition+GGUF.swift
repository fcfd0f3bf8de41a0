import ModelFormats

extension TokenizerDefinition {
  /// Reads the `tokenizer.ggml.…` metadata of a GGUF file.
  init(gguf metadata: GGUFMetadata) throws(TokenizationError) {
    let kind = metadata.text("tokenizer.ggml.model") ?? "none"
    guard kind == "gpt2" else {
      throw .unsupported(
        what: "tokenizer.ggml.model \(kind)",
        supported: ["gpt2 (byte-level byte-pair encoding)"]
      )
    }
    let splits: [String: PreTokenizer] = ["smollm": .smolLM, "gpt-2": .gpt2, "qwen2": .qwen2]
    let name = metadata.text("tokenizer.ggml.pre") ?? "none"
    guard let preTokenizer = splits[name] else {
      throw .unsupported(what: "tokenizer.ggml.pre \(name)", supported: splits.keys.sorted())
    }
    self.init(preTokenizer: preTokenizer)
    normalisesToNFC = preTokenizer == .qwen2
    try readTokens(metadata)
    try readMerges(metadata)
    bosID = try id("bos", metadata)
    eosID = try id("eos", metadata)
    paddingID = try id("padding", metadata)
    addsBOS = metadata.bool("tokenizer.ggml.add_bos_token") ?? false
    if let end = try id("eot", metadata) { endOfTurnIDs.append(end) }
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
    merges.reserveCapacity(list.count)
    for (index, pair) in list.enumerated() {
      // The alphabet has no space, so the first one is the border.
      guard let border = pair.firstIndex(of: 0x20) else {
        throw .invalid(
          key: "tokenizer.ggml.merges",
          reason: "entry \(index + 1) has no space in it"
        )
      }
      merges.append((pair[..<border], pair[(border + 1)...]))
    }
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
