public import ModelFormats

/// Turns texts into token ids and back, by byte-pair encoding.
///
/// Encoding cuts out special tokens first. Then a byte-level tokenizer (GPT-2, SmolLM2, Qwen, Llama 3)
/// splits the rest by the model's pattern, turns every piece into the tokens of its bytes and
/// merges neighbours; a byte value without a token vanishes before merging, as in the reference
/// implementation. A SentencePiece-style tokenizer (Gemma, Llama 2) merges characters, with U+2581
/// for the space, and writes a character without a token as tokens of its bytes. All comparing is
/// by bytes: Swift's own equality of strings would mix up canonically equal tokens.
///
/// Time is linear in the text but for pieces that nothing cuts, which take n log n. Calls may run
/// at once; they share a cache of pieces of bounded size.
public struct Tokenizer: Sendable {
  /// How many token ids there are: the largest plus one.
  public let vocabularySize: Int
  /// The token that starts a text.
  public let bosID: Int32?
  /// The token that ends a text.
  public let eosID: Int32?
  /// The token that fills rows; it may be the end token, so mask padding by position.
  public let paddingID: Int32?
  /// The tokens that end a turn, `eosID` among them.
  public let endOfTurnIDs: Set<Int32>
  /// Whether the model's own default puts `bosID` before every text.
  public let addsBOSByDefault: Bool

  let dropsFirstSpace: Bool
  private let controlIDs: Set<Int32>
  private let specials: SpecialTokens
  private let encoder: TextEncoder
  private let pool = ScratchPool()

  /// The tokenizer of an opened model.
  public init(of model: ModelSource) throws {
    try self.init(model.vocabulary())
  }

  /// The tokenizer that a model's file describes.
  public init(_ source: VocabularySource) throws(TokenizationError) {
    switch source {
    case .gguf(let metadata):
      try self.init(definition: TokenizerDefinition(gguf: metadata))
    case .huggingFace(let tokenizer, let settings):
      try self.init(definition: TokenizerDefinition(huggingFace: tokenizer, settings: settings))
    }
  }

  init(definition: TokenizerDefinition) throws(TokenizationError) {
    encoder = try TextEncoder(definition)
    vocabularySize = definition.spellings.count
    bosID = definition.bosID
    eosID = definition.eosID
    paddingID = definition.paddingID
    endOfTurnIDs = Set(definition.endOfTurnIDs + [definition.eosID].compactMap { $0 })
    addsBOSByDefault = definition.addsBOS
    dropsFirstSpace = definition.dropsFirstSpace
    controlIDs = Set(definition.specials.filter(\.isControl).map(\.id))
    specials = SpecialTokens(definition.specials)
  }
}

// MARK: encoding

extension Tokenizer {
  /// The token ids of a text.
  ///
  /// With `addBOS` the start token comes first, if the model has one.
  public func encode(
    _ text: String,
    special: SpecialTokenHandling,
    addBOS: Bool = false
  ) -> [Int32] {
    var sink = IDSink()
    encode(text, special, addBOS, &sink)
    return sink.ids
  }

  /// The tokens of a text, each with the UTF-8 bytes that it covers.
  ///
  /// Ranges ascend. They leave out bytes that have no token. Several tokens may share the bytes
  /// of one character that was normalised; a token that nothing in the text stands for, such as
  /// the start token or a space that the model's rule puts first, covers none.
  public func encodeWithOffsets(
    _ text: String,
    special: SpecialTokenHandling,
    addBOS: Bool = false
  ) -> [EncodedToken] {
    var sink = PlaceSink()
    encode(text, special, addBOS, &sink)
    return sink.tokens
  }

  private func encode(
    _ text: String,
    _ special: SpecialTokenHandling,
    _ addBOS: Bool,
    _ sink: inout some TokenSink
  ) {
    if addBOS, let bosID { sink.append(bosID, 0, 0) }
    var scratch = pool.take()
    let scanned = scan(Array(text.utf8), &scratch)
    let bytes = scanned.bytes
    var start = 0
    while let (token, range) = specials.first(
      in: bytes,
      from: start,
      includingControl: special == .parse
    ) {
      var (from, to) = (range.lowerBound, range.upperBound)
      if token.eatsSpaceBefore {
        from = Self.startOfSpaces(bytes, endingAt: from, notBefore: start)
      }
      if token.eatsSpaceAfter { to = Self.endOfSpaces(bytes, startingAt: to) }
      encoder.encode(scanned, start..<from, &scratch, into: &sink)
      sink.append(token.id, from, to)
      start = to
    }
    encoder.encode(scanned, start..<bytes.count, &scratch, into: &sink)
    pool.give(scratch)
  }

  private func scan(_ bytes: [UInt8], _ scratch: inout EncodingScratch) -> ScannedText {
    encoder.usesClasses ? ScannedText(bytes, &scratch.classes) : ScannedText(unclassified: bytes)
  }

  private static func startOfSpaces(
    _ bytes: [UInt8],
    endingAt end: Int,
    notBefore start: Int
  ) -> Int {
    var place = end
    while place > start {
      var before = place - 1
      while before > start, bytes[before] & 0xC0 == 0x80 { before -= 1 }
      guard isSpace(bytes.scalar(at: before).value) else { return place }
      place = before
    }
    return place
  }

  private static func endOfSpaces(_ bytes: [UInt8], startingAt start: Int) -> Int {
    var place = start
    while place < bytes.count {
      let (value, width) = bytes.scalar(at: place)
      guard isSpace(value) else { return place }
      place += width
    }
    return place
  }

  private static func isSpace(_ value: UInt32) -> Bool {
    Unicode.Scalar(value)?.properties.isWhitespace ?? false
  }
}

// MARK: decoding

extension Tokenizer {
  /// The bytes that a token stands for; none for an id that the vocabulary does not have.
  public func bytes(of id: Int32) -> ArraySlice<UInt8> {
    let tokens = encoder.tables.tokenBytes
    return tokens.indices.contains(Int(id)) ? tokens[Int(id)] : []
  }

  /// Whether the token is a control token, such as `<|im_end|>`.
  public func isControl(_ id: Int32) -> Bool { controlIDs.contains(id) }

  /// The text of tokens.
  ///
  /// Bytes that are not UTF-8 become U+FFFD, one for each longest invalid start of a sequence.
  /// Ids that the vocabulary does not have stand for nothing. Where the model's rule puts a space
  /// before a text (Llama 2), one at the start is left out.
  public func decode(_ ids: some Sequence<Int32>, skipSpecial: Bool) -> String {
    var bytes: [UInt8] = []
    for id in ids where !(skipSpecial && isControl(id)) { bytes += self.bytes(of: id) }
    if dropsFirstSpace, bytes.first == 0x20 { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
