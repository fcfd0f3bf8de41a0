import Foundations

extension TokenizerDefinition {
  /// Reads `tokenizer.json` and, for the start and end tokens, `tokenizer_config.json`.
  init(huggingFace document: JSONValue, settings: JSONValue?) throws(TokenizationError) {
    guard let model = document["model"] else { throw .missing(key: "model") }
    let kind = model["type"]?.string ?? "none"
    guard kind == "BPE" else {
      throw .unsupported(what: "model \(kind)", supported: Self.supportedKinds)
    }
    for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"]
    where model[key].map({ !$0.isNull && $0.string != "" && $0.double != 0 }) ?? false {
      throw .unsupported(what: "model.\(key)", supported: ["null"])
    }
    let steps = HuggingFaceSteps(document)
    if model["byte_fallback"]?.bool == true {
      self.init(scheme: .sentencePiece(try steps.prefixSpace()))
      dropsFirstSpace = steps.dropsFirstSpace
    } else {
      self.init(scheme: .byteLevel(try steps.preTokenizer()))
      normalisesToNFC = try steps.isNFC()
    }
    ignoresMergesForWholePieces = model["ignore_merges"]?.bool ?? false
    try readVocabulary(model)
    try readAddedTokens(document["added_tokens"]?.array ?? [])
    try readMerges(model)
    if scheme.isSentencePiece { try readByteTokens(key: "model.vocab") }
    bosID = try id("bos_token", settings)
    eosID = try id("eos_token", settings)
    paddingID = try id("pad_token", settings)
    addsBOS = settings?["add_bos_token"]?.bool ?? steps.startsWithSpecial
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
    var pairs: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] = []
    pairs.reserveCapacity(list.count)
    for (index, entry) in list.enumerated() {
      let parts = entry.array?.compactMap(\.string)
      let split = entry.string.map { $0.split(separator: " ").map(String.init) }
      guard let pair = parts ?? split, pair.count == 2 else {
        throw .invalid(key: "model.merges", reason: "entry \(index + 1) is no pair of texts")
      }
      pairs.append((Array(pair[0].utf8)[...], Array(pair[1].utf8)[...]))
    }
    merges = .pairs(pairs)
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
