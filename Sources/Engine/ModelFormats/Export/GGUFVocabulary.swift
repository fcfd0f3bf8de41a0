import Foundations

/// A `tokenizer.json` as the lists that a GGUF file keeps.
struct GGUFVocabulary {
  private(set) var form: TokenizerForm
  private var tokens: [[UInt8]]
  private var types: [Int64]
  private var merges = PackedStrings()
  /// The scores of a SentencePiece-style vocabulary.
  private var scores: [Double] = []
  private let path: String

  // The types of tokens: `llama_token_type` of llama.cpp.
  private static let normal: Int64 = 1
  private static let control: Int64 = 3
  private static let userDefined: Int64 = 4
  private static let unused: Int64 = 5
  private static let byte: Int64 = 6

  /// Reads the document; the model has `size` rows of embedding, and no id may be beyond.
  init(_ document: JSONValue, size: Int, path: String) throws(FormatError) {
    self.path = path
    form = try TokenizerForm(huggingFace: document, path: path)
    tokens = Array(repeating: [], count: size)
    types = Array(repeating: Self.unused, count: size)
    guard let model = document["model"], let vocabulary = model["vocab"]?.object else {
      throw wrong("model.vocab", "an object of token ids", "none")
    }
    for member in vocabulary {
      let isByte = form == .sentencePiece && Self.isByte(member.key)
      try put(member.key, at: member.value.int, isByte ? Self.byte : Self.normal)
    }
    for token in document["added_tokens"]?.array ?? [] {
      guard let text = token["content"]?.string else {
        throw wrong("added_tokens", "entries with content", String(token.compact.prefix(60)))
      }
      let isSpecial = token["special"]?.bool ?? false
      try put(text, at: token["id"]?.int, isSpecial ? Self.control : Self.userDefined)
    }
    try read(merges: model["merges"]?.array ?? [])
    finish()
  }

  private mutating func put(_ text: String, at id: Int?, _ type: Int64) throws(FormatError) {
    guard let id, tokens.indices.contains(id) else {
      throw wrong(
        "the id of \"\(text)\"",
        "a number below \(tokens.count), the rows of the embedding",
        id.map { "\($0)" } ?? "none"
      )
    }
    let bytes = Array(text.utf8)
    guard tokens[id].isEmpty || tokens[id] == bytes else {
      throw wrong("the id of \"\(text)\"", "an id of its own", "\(id)")
    }
    tokens[id] = bytes
    types[id] = type
  }

  private mutating func read(merges list: [JSONValue]) throws(FormatError) {
    var pairs: [(left: [UInt8], right: [UInt8])] = []
    pairs.reserveCapacity(list.count)
    for entry in list {
      let parts =
        entry.array?.compactMap { $0.string.map { Array($0.utf8) } }
        ?? entry.string.map { $0.utf8.split(separator: 0x20).map { Array($0) } } ?? []
      guard parts.count == 2 else {
        throw wrong("model.merges", "pairs of texts", String(entry.compact.prefix(60)))
      }
      pairs.append((parts[0], parts[1]))
    }
    if form == .sentencePiece {
      rank(pairs)
    } else {
      for pair in pairs { merges.append(pair.left + [0x20] + pair.right) }
    }
  }

  /// Scores that put pieces in the order of the merges that make them.
  ///
  /// As in SentencePiece's own BPE files: -1, -2, … for merged pieces, then for single characters;
  /// 0 for bytes; -1000 for control and user-defined tokens, which are never merged.
  private mutating func rank(_ pairs: [(left: [UInt8], right: [UInt8])]) {
    let ids = Dictionary(zip(tokens, tokens.indices)) { first, _ in first }
    scores = types.map { $0 == Self.byte ? 0 : -1000 }
    var next = -1.0
    var isRanked = Array(repeating: false, count: tokens.count)
    let merged = pairs.compactMap { ids[$0.left + $0.right] }
    for id in merged + Array(tokens.indices) where types[id] == Self.normal && !isRanked[id] {
      isRanked[id] = true
      scores[id] = next
      next -= 1
    }
  }

  /// Gives ids without a token a name, and user-defined tokens real spaces.
  private mutating func finish() {
    for id in tokens.indices {
      if tokens[id].isEmpty {
        tokens[id] = Array("[PAD\(id)]".utf8)
        types[id] = Self.unused
      } else if form == .sentencePiece, types[id] == Self.userDefined {
        let text = String(decoding: tokens[id], as: UTF8.self)
        tokens[id] = Array(text.replacing("\u{2581}", with: " ").utf8)
      }
    }
  }

  private static func isByte(_ text: String) -> Bool {
    text.utf8.count == 6 && text.hasPrefix("<0x") && text.hasSuffix(">")
  }

  private func wrong(_ key: String, _ expected: String, _ found: String) -> FormatError {
    .invalidSetting(path: path, key: key, expected: expected, found: found)
  }
}

extension GGUFVocabulary {
  /// The id of a token by its text.
  func id(of text: String) -> Int? {
    let bytes = Array(text.utf8)
    return tokens.firstIndex(of: bytes)
  }

  /// Writes the lists and the tokenizer's names.
  func write(to metadata: inout GGUFMetadata) {
    var packed = PackedStrings()
    for token in tokens { packed.append(token) }
    metadata.set("tokenizer.ggml.model", to: .text(form.ggufModel))
    metadata.set("tokenizer.ggml.pre", to: .text(form.rawValue))
    metadata.set("tokenizer.ggml.tokens", to: .strings(packed))
    metadata.set("tokenizer.ggml.token_type", to: .integers(types))
    metadata.set("tokenizer.ggml.add_space_prefix", to: .bool(false))
    if form == .sentencePiece {
      metadata.set("tokenizer.ggml.scores", to: .doubles(scores))
    } else {
      metadata.set("tokenizer.ggml.merges", to: .strings(merges))
    }
  }
}

extension GGUFValue {
  /// A text.
  static func text(_ text: String) -> GGUFValue { .string(Array(text.utf8)) }

  /// A size or an id.
  static func count(_ number: Int) -> GGUFValue { .unsigned(UInt64(clamping: number)) }
}
