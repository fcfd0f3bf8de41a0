import Foundations

/// The tokenizer of a GGUF file as the documents of a Hugging Face folder.
struct TokenizerDocument {
  private let form: TokenizerForm
  private let texts: [String]
  private let types: [Int64]
  private let metadata: GGUFMetadata
  private let path: String

  /// The longest token that is believed; the splits of a token grow with its square.
  private static let largestTokenBytes = 4096

  init(_ metadata: GGUFMetadata, path: String) throws(FormatError) {
    self.metadata = metadata
    self.path = path
    form = try TokenizerForm(gguf: metadata, path: path)
    guard let tokens = metadata.strings("tokenizer.ggml.tokens"),
      let types = metadata.integers("tokenizer.ggml.token_type"), types.count == tokens.count
    else {
      throw .invalidSetting(
        path: path,
        key: "tokenizer.ggml.tokens",
        expected: "as many texts as there are token types",
        found: "another number"
      )
    }
    self.types = types
    var texts: [String] = []
    texts.reserveCapacity(tokens.count)
    for (id, token) in tokens.enumerated() {
      guard let text = String(validating: token, as: UTF8.self),
        token.count <= Self.largestTokenBytes
      else {
        throw .invalidSetting(
          path: path,
          key: "token \(id)",
          expected: "UTF-8 of at most \(Self.largestTokenBytes) bytes",
          found: "\(token.count) other bytes"
        )
      }
      let isUser = form == .sentencePiece && types[id] == 4
      texts.append(isUser ? text.replacing(" ", with: "\u{2581}") : text)
    }
    self.texts = texts
  }

  /// `tokenizer.json`.
  func tokenizer() throws(FormatError) -> JSONValue {
    let addsStart = metadata.bool("tokenizer.ggml.add_bos_token") ?? false
    let start = addsStart ? special("bos").map { (texts[$0], $0) } : nil
    return [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(addedTokens), "normalizer": form.normalizer,
      "pre_tokenizer": form.preTokenizer, "post_processor": form.postProcessor(start: start),
      "decoder": form.decoder, "model": try model(),
    ]
  }

  /// `tokenizer_config.json`, with the chat template where there is one.
  func settings(contextLength: Int) -> JSONValue {
    var document: JSONValue = [
      "tokenizer_class": "PreTrainedTokenizerFast",
      "model_max_length": JSONValue(contextLength), "clean_up_tokenization_spaces": false,
      "add_bos_token": JSONValue(metadata.bool("tokenizer.ggml.add_bos_token") ?? false),
      "add_eos_token": JSONValue(metadata.bool("tokenizer.ggml.add_eos_token") ?? false),
    ]
    for (key, name) in [
      ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
      ("pad_token", "padding"),
    ] {
      guard let id = special(name) else { continue }
      document = document.setting(key, to: .string(texts[id]))
    }
    if let template = metadata.text("tokenizer.chat_template") {
      document = document.setting("chat_template", to: .string(template))
    }
    return document
  }

  private func special(_ name: String) -> Int? {
    metadata.integer("tokenizer.ggml.\(name)_token_id").flatMap {
      texts.indices.contains($0) ? $0 : nil
    }
  }

  /// Unknown, control and user-defined tokens: what is cut out of a text before anything else.
  private var addedTokens: [JSONValue] {
    texts.indices.filter { (2...4).contains(types[$0]) && !texts[$0].isEmpty }.map { id in
      [
        "id": JSONValue(id), "content": .string(texts[id]), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false, "special": .bool(types[id] != 4),
      ]
    }
  }

  private func model() throws(FormatError) -> JSONValue {
    let isSentencePiece = form == .sentencePiece
    var vocabulary: [JSONValue.Member] = []
    // An unused id has no meaning to carry over: its name was made up for the GGUF file.
    for id in texts.indices where types[id] != 5 && !texts[id].isEmpty {
      vocabulary.append(JSONValue.Member(key: texts[id], value: JSONValue(id)))
    }
    let unknown = isSentencePiece ? special("unknown").map { texts[$0] } : nil
    return [
      "type": "BPE", "dropout": .null, "unk_token": JSONValue(optional: unknown),
      "continuing_subword_prefix": .null, "end_of_word_suffix": .null,
      "fuse_unk": .bool(isSentencePiece), "byte_fallback": .bool(isSentencePiece),
      "ignore_merges": .bool(form == .llama3), "vocab": .object(vocabulary),
      "merges": .array(isSentencePiece ? try scoredMerges() : try listedMerges()),
    ]
  }

  private func listedMerges() throws(FormatError) -> [JSONValue] {
    guard let list = metadata.strings("tokenizer.ggml.merges") else {
      throw missing("tokenizer.ggml.merges", "a list of texts")
    }
    var merges: [JSONValue] = []
    merges.reserveCapacity(list.count)
    for pair in list {
      guard let border = pair.firstIndex(of: 0x20) else {
        throw missing("tokenizer.ggml.merges", "pairs with a space between")
      }
      let right = String(decoding: pair[(border + 1)...], as: UTF8.self)
      merges.append([.string(String(decoding: pair[..<border], as: UTF8.self)), .string(right)])
    }
    return merges
  }

  /// Merges in the order of the score of what they make, each piece by all its splits.
  private func scoredMerges() throws(FormatError) -> [JSONValue] {
    guard let scores = metadata.numbers("tokenizer.ggml.scores"), scores.count == texts.count else {
      throw missing("tokenizer.ggml.scores", "\(texts.count) numbers")
    }
    let pieces = texts.map { $0.unicodeScalars.map { $0 } }
    let usable = texts.indices.filter { types[$0] == 1 || types[$0] == 4 }
    let known = Set(usable.map { Array(texts[$0].utf8) })
    // User-defined tokens are whole before any merge, so what makes them comes first.
    let order = usable.filter { pieces[$0].count > 1 }.sorted { first, second in
      let (a, b) = (types[first] == 4 ? 0 : 1, types[second] == 4 ? 0 : 1)
      if a != b { return a < b }
      if a == 1, scores[first] != scores[second] { return scores[first] > scores[second] }
      return first < second
    }
    var merges: [JSONValue] = []
    for id in order {
      for border in 1..<pieces[id].count {
        let left = Self.text(pieces[id][..<border])
        let right = Self.text(pieces[id][border...])
        guard known.contains(Array(left.utf8)), known.contains(Array(right.utf8)) else { continue }
        merges.append([.string(left), .string(right)])
      }
    }
    return merges
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private func missing(_ key: String, _ expected: String) -> FormatError {
    .invalidSetting(path: path, key: key, expected: expected, found: "another value")
  }
}
