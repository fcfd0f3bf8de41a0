import ModelFormats

/// What a tokenizer is made of, whatever kind of file it came from.
struct TokenizerDefinition {
  /// How text becomes symbols that merges join.
  enum Scheme: Hashable, Sendable {
    /// Pieces are cut by a pattern; symbols are bytes, spelled in GPT-2's alphabet.
    case byteLevel(PreTokenizer)
    /// Nothing is cut; symbols are characters, U+2581 for the space, bytes where one has no token.
    case sentencePiece(PrefixSpace)
  }

  /// Where a space is put before the text, so that its first word is spelled like the others.
  enum PrefixSpace: Hashable, Sendable {
    case never
    /// Before every stretch of text between special tokens.
    case always
    /// The same, unless the stretch starts with a space.
    case unlessSpace
    /// Before the text's start, unless it starts with a space.
    case atStartUnlessSpace
  }

  /// The merges, most important first.
  enum Merges {
    /// Pairs of spellings, each less important than those before.
    case pairs([(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)])
    /// Any neighbours merge whose joined spelling is a normal token: the higher its score, the earlier.
    case scores([Double])
  }

  /// The spelling of each token in the file, by id; empty for an id that nothing has.
  var spellings: [ArraySlice<UInt8>] = []
  /// What merges.
  var merges: Merges = .pairs([])
  /// Ids of tokens that only ever stand for one byte each, by byte (SentencePiece's `<0x0A>`).
  var byteTokens: [Int32?] = []
  /// Ids that no merge makes: control, unknown, unused and user-defined tokens.
  var unmergeable: Set<Int32> = []
  /// Tokens matched in the text.
  var specials: [SpecialToken] = []
  /// How the text becomes symbols.
  var scheme: Scheme
  /// Whether the text is first brought to Unicode's normalisation form C.
  var normalisesToNFC = false
  /// Whether a piece that is a token is taken as it is, without merging.
  var ignoresMergesForWholePieces = false
  /// Whether decoding removes one space from the text's start.
  var dropsFirstSpace = false
  var bosID: Int32?
  var eosID: Int32?
  var paddingID: Int32?
  /// Further tokens that end a turn.
  var endOfTurnIDs: [Int32] = []
  var addsBOS = false

  init(scheme: Scheme) {
    self.scheme = scheme
  }

  /// The largest vocabulary that is believed: four times the largest in use.
  static let largestVocabulary = 1 << 20
  /// The longest token in bytes that merging by scores may make; longer ones in use are user-defined.
  static let longestScoredToken = 512

  /// Names of control tokens that end a turn in the chat formats in use.
  static let endOfTurnNames: Set<String> = [
    "<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<|end_of_text|>",
  ]

  /// The tokenizers that can be read, for error texts.
  static let supportedKinds = [
    "byte-level BPE (GPT-2, SmolLM2, Qwen2, Qwen3, Llama 3)",
    "SentencePiece-style BPE with byte fallback (Gemma, Llama 2)",
  ]

  /// Finds the tokens `<0x00>` to `<0xFF>`.
  mutating func readByteTokens(key: String) throws(TokenizationError) {
    let index = TokenIndex(PackedStrings(bytes: spellings))
    for byte in UInt8.min...UInt8.max {
      let name = Self.name(of: byte)
      guard let id = index.id(of: Array(name.utf8)[...]) else {
        throw .invalid(
          key: key,
          reason: "byte fallback needs the tokens <0x00> to <0xFF>, and \(name) is missing"
        )
      }
      byteTokens.append(id)
    }
  }

  private static func name(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }
}
