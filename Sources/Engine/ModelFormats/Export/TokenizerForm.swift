import Foundations

/// The kinds of tokenizers that a model can be exported with: how each looks in a GGUF file and in
/// `tokenizer.json`.
///
/// Sources: `tokenizer.ggml.pre` as in `llama-vocab.cpp` of llama.cpp; the `tokenizer.json` of GPT-2,
/// SmolLM2, Qwen2.5, Llama 3 and Gemma 3.
enum TokenizerForm: String, CaseIterable, Sendable {
  /// GPT-2's pattern.
  case gpt2 = "gpt-2"
  /// Every digit alone, then GPT-2's pattern.
  case smolLM = "smollm"
  /// Qwen2's pattern, after normalisation to NFC.
  case qwen2
  /// Llama 3's pattern; whole pieces are taken as they are.
  case llama3 = "llama-bpe"
  /// SentencePiece-style merging with byte fallback and without a prefix space (Gemma).
  case sentencePiece = "default"

  /// The name of the model of tokenization in a GGUF file.
  var ggufModel: String { self == .sentencePiece ? "llama" : "gpt2" }

  private static let qwen2Pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
    + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let llama3Pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
    + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The form of a GGUF file's tokenizer.
  init(gguf metadata: GGUFMetadata, path: String) throws(FormatError) {
    let model = metadata.text("tokenizer.ggml.model") ?? "none"
    let pre = metadata.text("tokenizer.ggml.pre") ?? (model == "llama" ? "default" : "none")
    guard let form = Self(rawValue: pre), form.ggufModel == model else {
      throw Self.unsupported("tokenizer.ggml.model \(model) with tokenizer.ggml.pre \(pre)", path)
    }
    let hasPrefix = metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
    guard form != .sentencePiece || !hasPrefix else {
      throw Self.unsupported("tokenizer.ggml.add_space_prefix true", path)
    }
    self = form
  }

  /// The form of a `tokenizer.json`.
  init(huggingFace document: JSONValue, path: String) throws(FormatError) {
    let split = document["pre_tokenizer"] ?? .null
    let steps = split["pretokenizers"]?.array ?? [split]
    let pattern = steps[0]["pattern"]?["Regex"]?.string
    let usesBytes = steps.last?["type"]?.string == "ByteLevel"
    switch (document["model"]?["byte_fallback"]?.bool ?? false, usesBytes, steps.count) {
    case (true, _, _) where Self.isGemmaNormaliser(document["normalizer"]): self = .sentencePiece
    case (false, true, 1): self = .gpt2
    case (false, true, 2) where steps[0]["type"]?.string == "Digits": self = .smolLM
    case (false, true, 2) where pattern == Self.qwen2Pattern: self = .qwen2
    case (false, true, 2) where pattern == Self.llama3Pattern: self = .llama3
    default: throw Self.unsupported("pre_tokenizer \(split.compact.prefix(300))", path)
    }
    guard usesBytes == false || steps.last?["add_prefix_space"]?.bool != true else {
      throw Self.unsupported("add_prefix_space true", path)
    }
  }

  private static func isGemmaNormaliser(_ step: JSONValue?) -> Bool {
    step?["type"]?.string == "Replace" && step?["pattern"]?["String"]?.string == " "
      && step?["content"]?.string == "\u{2581}"
  }

  private static func unsupported(_ what: String, _ path: String) -> FormatError {
    .unsupported(
      path: path,
      what: "exporting \(what)",
      supported: [
        "byte-level BPE (gpt-2, smollm, qwen2, llama-bpe)",
        "SentencePiece-style BPE without a prefix space",
      ]
    )
  }
}

// MARK: the steps of tokenizer.json

extension TokenizerForm {
  private static let byteLevel: JSONValue = [
    "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
  ]

  /// `normalizer`.
  var normalizer: JSONValue {
    switch self {
    case .gpt2, .smolLM, .llama3: .null
    case .qwen2: ["type": "NFC"]
    case .sentencePiece:
      ["type": "Replace", "pattern": ["String": " "], "content": "\u{2581}"]
    }
  }

  /// `pre_tokenizer`.
  var preTokenizer: JSONValue {
    switch self {
    case .gpt2: Self.byteLevel
    case .smolLM:
      .object([
        .init(key: "type", value: "Sequence"),
        .init(
          key: "pretokenizers",
          value: [["type": "Digits", "individual_digits": true], Self.byteLevel]
        ),
      ])
    case .qwen2: Self.split(by: Self.qwen2Pattern)
    case .llama3: Self.split(by: Self.llama3Pattern)
    case .sentencePiece:
      [
        "type": "Split", "pattern": ["String": " "], "behavior": "MergedWithPrevious",
        "invert": false,
      ]
    }
  }

  private static func split(by pattern: String) -> JSONValue {
    [
      "type": "Sequence",
      "pretokenizers": [
        [
          "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
          "invert": false,
        ],
        byteLevel.setting("use_regex", to: false),
      ],
    ]
  }

  /// `decoder`.
  var decoder: JSONValue {
    guard self == .sentencePiece else { return Self.byteLevel }
    return [
      "type": "Sequence",
      "decoders": [
        ["type": "Replace", "pattern": ["String": "\u{2581}"], "content": " "],
        ["type": "ByteFallback"], ["type": "Fuse"],
      ],
    ]
  }

  /// `post_processor`; `start`: the token that stands before every text, with its id.
  func postProcessor(start: (text: String, id: Int)?) -> JSONValue {
    guard let start else {
      return self == .sentencePiece ? .null : Self.byteLevel.setting("trim_offsets", to: false)
    }
    let token: JSONValue = ["SpecialToken": ["id": .string(start.text), "type_id": 0]]
    let known: JSONValue = [
      "id": .string(start.text), "ids": [JSONValue(start.id)], "tokens": [.string(start.text)],
    ]
    return [
      "type": "TemplateProcessing",
      "single": [token, ["Sequence": ["id": "A", "type_id": 0]]],
      "pair": [
        token, ["Sequence": ["id": "A", "type_id": 0]], token,
        ["Sequence": ["id": "B", "type_id": 1]],
      ],
      "special_tokens": .object([.init(key: start.text, value: known)]),
    ]
  }
}
