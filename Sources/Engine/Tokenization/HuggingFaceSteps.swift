import Foundations

/// The steps around the model in a `tokenizer.json`: normaliser, pre-tokenizer, decoder, start token.
struct HuggingFaceSteps {
  private let normaliser: JSONValue
  private let splitter: JSONValue
  private let processor: JSONValue
  private let decoder: JSONValue

  init(_ document: JSONValue) {
    normaliser = document["normalizer"] ?? .null
    splitter = document["pre_tokenizer"] ?? .null
    processor = document["post_processor"] ?? .null
    decoder = document["decoder"] ?? .null
  }

  /// Whether the post-processor puts a token before every text.
  var startsWithSpecial: Bool { Self.startsWithSpecial(processor) }

  private static func startsWithSpecial(_ step: JSONValue) -> Bool {
    if let steps = step["processors"]?.array { return steps.contains(where: startsWithSpecial) }
    return step["single"]?[0]?["SpecialToken"] != nil
  }

  /// A step's parts where it is a sequence, else the step itself; nothing for none.
  private static func parts(_ step: JSONValue, _ key: String) -> [JSONValue] {
    if step.isNull { return [] }
    return step["type"]?.string == "Sequence" ? step[key]?.array ?? [] : [step]
  }

  private func unsupported(
    _ name: String,
    _ step: JSONValue,
    _ supported: [String]
  ) -> TokenizationError {
    .unsupported(what: "\(name) \(step.compact.prefix(300))", supported: supported)
  }
}

// MARK: byte-level

extension HuggingFaceSteps {
  /// The pattern of Qwen2 and of Llama 3, as their `tokenizer.json` spell it.
  private static func pattern(numbers: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// How a byte-level tokenizer cuts the text.
  func preTokenizer() throws(TokenizationError) -> PreTokenizer {
    let steps = Self.parts(splitter, "pretokenizers")
    let error = unsupported(
      "pre_tokenizer",
      splitter,
      [
        "ByteLevel (GPT-2)", "Digits + ByteLevel (SmolLM)",
        "Split by the pattern of Qwen2 or Llama 3 + ByteLevel",
      ]
    )
    guard let first = steps.first, let last = steps.last, last["type"]?.string == "ByteLevel",
      last["add_prefix_space"]?.bool != true
    else { throw error }
    let usesPattern = last["use_regex"]?.bool ?? true
    switch (steps.count, first["type"]?.string, usesPattern) {
    case (1, _, true): return .gpt2
    case (2, "Digits", true) where first["individual_digits"]?.bool == true: return .smolLM
    case (2, "Split", false)
    where first["behavior"]?.string == "Isolated" && first["invert"]?.bool != true:
      let found = first["pattern"]?["Regex"]?.string
      if found == Self.pattern(numbers: #"\p{N}"#) { return .qwen2 }
      if found == Self.pattern(numbers: #"\p{N}{1,3}"#) { return .llama3 }
      throw error
    default: throw error
    }
  }

  /// Whether a byte-level tokenizer's text is brought to form C.
  func isNFC() throws(TokenizationError) -> Bool {
    if normaliser.isNull { return false }
    guard normaliser["type"]?.string == "NFC" else {
      throw unsupported("normalizer", normaliser, ["none", "NFC"])
    }
    return true
  }
}

// MARK: SentencePiece-style

extension HuggingFaceSteps {
  private static let mark = "\u{2581}"

  /// Where a SentencePiece-style tokenizer puts a space before the text.
  ///
  /// Known are: spaces replaced by U+2581, with or without one put first (Gemma, Llama 2), and a
  /// Metaspace step that does not split.
  func prefixSpace() throws(TokenizationError) -> TokenizerDefinition.PrefixSpace {
    var steps = Self.parts(normaliser, "normalizers")[...]
    var prefix = TokenizerDefinition.PrefixSpace.never
    if steps.first?["type"]?.string == "Prepend", steps.first?["prepend"]?.string == Self.mark {
      prefix = .always
      steps.removeFirst()
    }
    let isReplaced = steps.first.map { Self.isReplacement($0, of: " ", by: Self.mark) } ?? false
    guard steps.isEmpty || (steps.count == 1 && isReplaced) else {
      throw unsupported("normalizer", normaliser, Self.supportedNormalisers)
    }
    let cuts = Self.parts(splitter, "pretokenizers")
    if isReplaced {
      // No space is left that this step could split at.
      let isIdle = cuts.allSatisfy {
        $0["type"]?.string == "Split" && $0["pattern"]?["String"]?.string == " "
      }
      guard isIdle else {
        throw unsupported("pre_tokenizer", splitter, ["none", "Split by a space"])
      }
      return prefix
    }
    guard prefix == .never, cuts.count == 1 else {
      throw unsupported("normalizer", normaliser, Self.supportedNormalisers)
    }
    return try metaspace(cuts[0])
  }

  private static let supportedNormalisers = [
    "spaces replaced by U+2581", "the same with one put first", "none with Metaspace",
  ]

  private func metaspace(
    _ step: JSONValue
  ) throws(TokenizationError) -> TokenizerDefinition.PrefixSpace {
    let scheme = step["prepend_scheme"]?.string
    guard step["type"]?.string == "Metaspace", step["replacement"]?.string == Self.mark,
      step["split"]?.bool == false, let scheme
    else {
      throw unsupported(
        "pre_tokenizer",
        step,
        ["Metaspace with replacement U+2581, a prepend_scheme, and split false"]
      )
    }
    switch scheme {
    case "never": return .never
    case "always": return .unlessSpace
    case "first": return .atStartUnlessSpace
    default: throw unsupported("prepend_scheme", step, ["never", "always", "first"])
    }
  }

  private static func isReplacement(_ step: JSONValue, of old: String, by new: String) -> Bool {
    step["type"]?.string == "Replace" && step["pattern"]?["String"]?.string == old
      && step["content"]?.string == new
  }

  /// Whether decoding removes one space from the text's start.
  var dropsFirstSpace: Bool {
    Self.parts(decoder, "decoders").contains { step in
      switch step["type"]?.string {
      case "Strip": step["content"]?.string == " " && step["start"]?.int == 1
      case "Metaspace": step["prepend_scheme"]?.string.map { $0 != "never" } ?? false
      default: false
      }
    }
  }
}
