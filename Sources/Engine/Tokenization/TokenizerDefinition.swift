/// What a byte-level tokenizer is made of, whatever kind of file it came from.
struct TokenizerDefinition {
  /// The spelling of each token in the file, by id; empty for an id that nothing has.
  var spellings: [ArraySlice<UInt8>] = []
  /// Pairs of spellings, most important first.
  var merges: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] = []
  /// Tokens matched in the text.
  var specials: [SpecialToken] = []
  /// How the text is cut.
  var preTokenizer: PreTokenizer
  /// Whether the text is first brought to Unicode's normalisation form C.
  var normalisesToNFC = false
  /// Whether a piece that is a token is taken as it is, without merging.
  var ignoresMergesForWholePieces = false
  var bosID: Int32?
  var eosID: Int32?
  var paddingID: Int32?
  /// Further tokens that end a turn.
  var endOfTurnIDs: [Int32] = []
  var addsBOS = false

  /// The largest vocabulary that is believed: four times the largest in use.
  static let largestVocabulary = 1 << 20

  /// Names of control tokens that end a turn in the chat formats in use.
  static let endOfTurnNames: Set<String> = [
    "<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<|end_of_text|>",
  ]
}
