import Foundations

extension TokenizerDefinition {
  /// Reads `tokenizer.json` and, for the start and end tokens, `tokenizer_config.json`.
  init(huggingFace document: JSONValue, settings: JSONValue?) throws(TokenizationError) {
    guard let model = document["model"] else { throw .missing(key: "model") }
    let kind = model["type"]?.string ?? "none"
    guard kind == "BPE", model["byte_fallback"]?.bool != true else {
      let name = kind == "BPE" ? "BPE with byte_fallback (SentencePiece-style)" : kind
      throw .unsupported(what: "model \(name)", supported: ["byte-level BPE"])
    }
    for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"]
    where model[key].map({ !$0.isNull && $0.string != "" }) ?? false {
      throw .unsupported(what: "model.\(key)", supported: ["null"])
    }
    self.init(preTokenizer: try Self.preTokenizer(document["pre_tokenizer"] ?? .null))
    normalisesToNFC = try Self.isNFC(document["normalizer"] ?? .null)
    ignoresMergesForWholePieces = model["ignore_merges"]?.bool ?? false
    try readVocabulary(model)
    try readAddedTokens(document["added_tokens"]?.array ?? [])
    try readMerges(model)
    bosID = try id("bos_token", settings)
    eosID = try id("eos_token", settings)
    paddingID = try id("pad_token", settings)
    addsBOS =
      settings?["add_bos_token"]?.bool ?? Self.startsWithSpecial(document["post_processor"])
  }

  private mutating func readVocabulary(_ model: JSONValue) throws(TokenizationError) {
    guard let vocabulary = model["vocab"]?.object else { throw .missing(key: "model.vocab") }
    for member in vocabulary {
      guard let id = member.value.int else {
        throw .invalid(key: "model.vocab", reason: "the id of \"\(member.key)\" is no number")
      }
      try setSpelling(Array(member.key.utf8), id, key: "model.vocab")
    }
  }

  private mutating func readAddedTokens(_ tokens: [JSONValue]) throws(TokenizationError) {
    for token in tokens {
      guard let id = token["id"]?.int, let content = token["content"]?.string, !content.isEmpty
      else { throw .invalid(key: "added_tokens", reason: "an entry has no id or no content") }
      guard token["single_word"]?.bool != true else {
        throw .unsupported(what: "single_word of \(content)", supported: ["false"])
      }
      let bytes = Array(content.utf8)
      try setSpelling(bytes, id, key: "added_tokens")
      let isControl = token["special"]?.bool ?? false
      specials.append(
        SpecialToken(
          id: Int32(id),
          bytes: bytes,
          isControl: isControl,
          eatsSpaceBefore: token["lstrip"]?.bool ?? false,
          eatsSpaceAfter: token["rstrip"]?.bool ?? false
        )
      )
      if isControl, Self.endOfTurnNames.contains(content) { endOfTurnIDs.append(Int32(id)) }
    }
  }

  private mutating func setSpelling(
    _ bytes: [UInt8],
    _ id: Int,
    key: String
  ) throws(TokenizationError) {
    guard (0..<Self.largestVocabulary).contains(id) else {
      throw .invalid(key: key, reason: "expected ids below \(Self.largestVocabulary), found \(id)")
    }
    while spellings.count <= id { spellings.append([]) }
    guard spellings[id].isEmpty || spellings[id].elementsEqual(bytes) else {
      throw .invalid(key: key, reason: "two tokens have the id \(id)")
    }
    spellings[id] = bytes[...]
  }

  /// Merges are pairs, or texts with a space between in files of older versions.
  private mutating func readMerges(_ model: JSONValue) throws(TokenizationError) {
    guard let list = model["merges"]?.array else { throw .missing(key: "model.merges") }
    merges.reserveCapacity(list.count)
    for (index, entry) in list.enumerated() {
      let parts = entry.array?.compactMap(\.string)
      let split = entry.string.map { $0.split(separator: " ").map(String.init) }
      guard let pair = parts ?? split, pair.count == 2 else {
        throw .invalid(key: "model.merges", reason: "entry \(index + 1) is no pair of texts")
      }
      merges.append((Array(pair[0].utf8)[...], Array(pair[1].utf8)[...]))
    }
  }

  private func id(_ key: String, _ settings: JSONValue?) throws(TokenizationError) -> Int32? {
    let entry = settings?[key]
    guard let text = entry?.string ?? entry?["content"]?.string else { return nil }
    let bytes = Array(text.utf8)
    if let special = specials.first(where: { $0.bytes == bytes }) { return special.id }
    guard let index = spellings.firstIndex(where: { $0.elementsEqual(bytes) }) else {
      throw .invalid(key: key, reason: "the vocabulary has no token \(text)")
    }
    return Int32(index)
  }
}

// MARK: the steps around the model

extension TokenizerDefinition {
  /// Qwen2's pattern, as its `tokenizer.json` spells it.
  private static let qwen2Pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
    + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let supportedPreTokenizers = [
    "ByteLevel (GPT-2)", "Digits + ByteLevel (SmolLM)", "Split by Qwen2's pattern + ByteLevel",
  ]

  private static func preTokenizer(_ step: JSONValue) throws(TokenizationError) -> PreTokenizer {
    let steps = step["type"]?.string == "Sequence" ? step["pretokenizers"]?.array ?? [] : [step]
    let last = steps.last ?? .null
    guard last["type"]?.string == "ByteLevel", last["add_prefix_space"]?.bool != true else {
      throw unsupported(step)
    }
    let usesPattern = last["use_regex"]?.bool ?? true
    let first = steps[0]
    switch (steps.count, first["type"]?.string, usesPattern) {
    case (1, _, true): return .gpt2
    case (2, "Digits", true) where first["individual_digits"]?.bool == true: return .smolLM
    case (2, "Split", false)
    where first["pattern"]?["Regex"]?.string == qwen2Pattern
      && first["behavior"]?.string == "Isolated" && first["invert"]?.bool != true:
      return .qwen2
    default: throw unsupported(step)
    }
  }

  private static func unsupported(_ step: JSONValue) -> TokenizationError {
    .unsupported(
      what: "pre_tokenizer \(step.compact.prefix(300))",
      supported: supportedPreTokenizers
    )
  }

  private static func isNFC(_ step: JSONValue) throws(TokenizationError) -> Bool {
    if step.isNull { return false }
    guard step["type"]?.string == "NFC" else {
      throw .unsupported(
        what: "normalizer \(step.compact.prefix(300))",
        supported: ["none", "NFC"]
      )
    }
    return true
  }

  /// Whether the post-processor puts a token before every text.
  private static func startsWithSpecial(_ step: JSONValue?) -> Bool {
    guard let step else { return false }
    if let steps = step["processors"]?.array { return steps.contains(where: startsWithSpecial) }
    return step["single"]?[0]?["SpecialToken"] != nil
  }
}
