public import ModelFormats
import Synchronization

/// Turns texts into token ids and back: byte-level byte-pair encoding.
///
/// Encoding cuts out special tokens, splits the rest by the model's pattern, turns every piece
/// into the tokens of its bytes and merges neighbours. A byte value without a token vanishes
/// before merging, as in the reference implementation. All comparing is by bytes: Swift's own
/// equality of strings would mix up canonically equal tokens.
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

  /// The bytes of each token, by id.
  let tokenBytes: PackedStrings
  let controlIDs: Set<Int32>
  let byteIDs: [Int32?]
  private let specials: SpecialTokens
  private let merges: MergeTable
  private let wholePieces: [ArraySlice<UInt8>: Int32]
  private let preTokenizer: PreTokenizer
  private let normalisesToNFC: Bool
  private let cache = WordCache()

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
    let tables = try VocabularyTables(definition)
    vocabularySize = definition.spellings.count
    bosID = definition.bosID
    eosID = definition.eosID
    paddingID = definition.paddingID
    endOfTurnIDs = Set(definition.endOfTurnIDs + [definition.eosID].compactMap { $0 })
    addsBOSByDefault = definition.addsBOS
    tokenBytes = tables.tokenBytes
    controlIDs = Set(definition.specials.filter(\.isControl).map(\.id))
    byteIDs = tables.byteIDs
    specials = SpecialTokens(definition.specials)
    merges = tables.merges
    wholePieces = definition.ignoresMergesForWholePieces ? tables.ids : [:]
    preTokenizer = definition.preTokenizer
    normalisesToNFC = definition.normalisesToNFC
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
    encodeWithOffsets(text, special: special, addBOS: addBOS).map(\.id)
  }

  /// The tokens of a text, each with the UTF-8 bytes that it covers.
  ///
  /// Ranges ascend. They leave out bytes that have no token. Several tokens may share the bytes
  /// of one character that was normalised.
  public func encodeWithOffsets(
    _ text: String,
    special: SpecialTokenHandling,
    addBOS: Bool = false
  ) -> [EncodedToken] {
    var tokens: [EncodedToken] = []
    if addBOS, let bosID { tokens.append(EncodedToken(id: bosID, utf8Range: 0..<0)) }
    let bytes = Array(text.utf8)
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
      encodePlain(bytes[start..<from], &tokens)
      tokens.append(EncodedToken(id: token.id, utf8Range: from..<to))
      start = to
    }
    encodePlain(bytes[start...], &tokens)
    return tokens
  }

  /// Encodes text without special tokens.
  private func encodePlain(_ bytes: ArraySlice<UInt8>, _ tokens: inout [EncodedToken]) {
    guard !bytes.isEmpty else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    guard normalisesToNFC else {
      return encodePieces(text, bytes, at: bytes.startIndex, &tokens)
    }
    let normalised = NormalisedText(text)
    var found: [EncodedToken] = []
    encodePieces(normalised.text, ArraySlice(normalised.text.utf8), at: 0, &found)
    for token in found {
      let range = normalised.original(token.utf8Range)
      let start = range.lowerBound + bytes.startIndex
      tokens.append(EncodedToken(id: token.id, utf8Range: start..<start + range.count))
    }
  }

  private func encodePieces(
    _ text: String,
    _ bytes: ArraySlice<UInt8>,
    at start: Int,
    _ tokens: inout [EncodedToken]
  ) {
    let scanned = ScannedText(text[...].unicodeScalars)
    preTokenizer.forEachPiece(of: scanned) { piece in
      let from = bytes.startIndex + scanned.offsets[piece.lowerBound]
      let to = bytes.startIndex + scanned.offsets[piece.upperBound]
      encodePiece(bytes[from..<to], at: start + scanned.offsets[piece.lowerBound], &tokens)
    }
  }

  private func encodePiece(
    _ piece: ArraySlice<UInt8>,
    at start: Int,
    _ tokens: inout [EncodedToken]
  ) {
    if let known = cache.word(piece) {
      for token in known {
        let from = start + token.utf8Range.lowerBound
        tokens.append(EncodedToken(id: token.id, utf8Range: from..<from + token.utf8Range.count))
      }
      return
    }
    var word: [EncodedToken] = []
    if let whole = wholePieces[piece] {
      word = [EncodedToken(id: whole, utf8Range: 0..<piece.count)]
    } else {
      for (place, byte) in piece.enumerated() {
        guard let id = byteIDs[Int(byte)] else { continue }
        word.append(EncodedToken(id: id, utf8Range: place..<place + 1))
      }
      merges.merge(&word)
    }
    cache.insert(word, for: piece)
    for token in word {
      let from = start + token.utf8Range.lowerBound
      tokens.append(EncodedToken(id: token.id, utf8Range: from..<from + token.utf8Range.count))
    }
  }

  private static func startOfSpaces(
    _ bytes: [UInt8],
    endingAt end: Int,
    notBefore start: Int
  ) -> Int {
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    let kept = text.unicodeScalars.reversed().prefix { $0.properties.isWhitespace }
    return end - kept.reduce(0) { $0 + UTF8.width($1) }
  }

  private static func endOfSpaces(_ bytes: [UInt8], startingAt start: Int) -> Int {
    let text = String(decoding: bytes[start...], as: UTF8.self)
    let eaten = text.unicodeScalars.prefix { $0.properties.isWhitespace }
    return start + eaten.reduce(0) { $0 + UTF8.width($1) }
  }
}

// MARK: decoding

extension Tokenizer {
  /// The bytes that a token stands for; none for an id that the vocabulary does not have.
  public func bytes(of id: Int32) -> ArraySlice<UInt8> {
    tokenBytes.indices.contains(Int(id)) ? tokenBytes[Int(id)] : []
  }

  /// Whether the token is a control token, such as `<|im_end|>`.
  public func isControl(_ id: Int32) -> Bool { controlIDs.contains(id) }

  /// The text of tokens.
  ///
  /// Bytes that are not UTF-8 become U+FFFD, one for each longest invalid start of a sequence.
  /// Ids that the vocabulary does not have stand for nothing.
  public func decode(_ ids: some Sequence<Int32>, skipSpecial: Bool) -> String {
    var bytes: [UInt8] = []
    for id in ids where !(skipSpecial && isControl(id)) { bytes += self.bytes(of: id) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Pieces that were encoded before.
///
/// A class, because all copies of a tokenizer share what they learned; the state is in a `Mutex`.
private final class WordCache: Sendable {
  /// Beyond this many pieces nothing more is kept: about 10 MB.
  private static let limitPieces = 65_536
  /// Longer pieces are rare and not worth keeping.
  private static let limitBytes = 48

  private let words = Mutex<[ArraySlice<UInt8>: [EncodedToken]]>([:])

  func word(_ piece: ArraySlice<UInt8>) -> [EncodedToken]? {
    guard piece.count <= Self.limitBytes else { return nil }
    return words.withLock { $0[piece] }
  }

  func insert(_ word: [EncodedToken], for piece: ArraySlice<UInt8>) {
    guard piece.count <= Self.limitBytes else { return }
    // A slice keeps the whole text alive; the copy keeps the piece only.
    let key = ArraySlice(Array(piece))
    words.withLock { words in
      if words.count < Self.limitPieces { words[key] = word }
    }
  }
}
