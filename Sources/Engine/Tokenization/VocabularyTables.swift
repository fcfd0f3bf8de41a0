import ModelFormats

/// The tables that encoding looks up, built once from a definition.
struct VocabularyTables: Sendable {
  /// The bytes of each token, by id.
  private(set) var tokenBytes = PackedStrings()
  /// The token of each byte value, where there is one.
  private(set) var byteIDs = [Int32?](repeating: nil, count: 256)
  private(set) var merges: MergeTable
  /// Characters as symbols, and where SentencePiece-style texts may be cut.
  var characters = CharacterTable()
  /// Tokens by their bytes, where whole pieces are taken without merging.
  private(set) var wholePieces: TokenIndex?

  init(_ definition: TokenizerDefinition) throws(TokenizationError) {
    let index = TokenIndex(PackedStrings(bytes: definition.spellings))
    switch definition.merges {
    case .pairs(let pairs):
      merges = MergeTable(capacity: pairs.count)
      readTokens(definition)
      try readMerges(pairs, index, definition)
    case .scores(let scores):
      merges = MergeTable(capacity: 2 * scores.count)
      readTokens(definition)
      try readScores(scores, index, definition)
    }
    if definition.ignoresMergesForWholePieces { wholePieces = TokenIndex(tokenBytes) }
  }

  private mutating func readTokens(_ definition: TokenizerDefinition) {
    let specials = Dictionary(
      definition.specials.map { ($0.id, $0.bytes) },
      uniquingKeysWith: { first, _ in first }
    )
    var byteOfToken: [Int32: UInt8] = [:]
    for (byte, id) in definition.byteTokens.enumerated() {
      byteIDs[byte] = id
      if let id { byteOfToken[id] = UInt8(byte) }
    }
    for (index, spelling) in definition.spellings.enumerated() {
      let id = Int32(index)
      if case .sentencePiece = definition.scheme {
        tokenBytes.append(byteOfToken[id].map { [$0] } ?? SpaceMark.text(of: spelling))
      } else if let text = specials[id] {
        tokenBytes.append(text)
        readByte(spelling, id, isSpecial: true)
      } else {
        // Not spelled in the alphabet: it can be shown, but no text leads to it.
        tokenBytes.append(ByteAlphabet.bytes(ofSpelling: spelling) ?? Array(spelling))
        readByte(spelling, id, isSpecial: false)
      }
    }
  }

  /// A byte-level token that is one character of the alphabet is that byte's token.
  private mutating func readByte(_ spelling: ArraySlice<UInt8>, _ id: Int32, isSpecial: Bool) {
    guard spelling.count <= (isSpecial ? 1 : 2),
      let bytes = ByteAlphabet.bytes(ofSpelling: spelling), bytes.count == 1,
      byteIDs[Int(bytes[0])] == nil
    else { return }
    byteIDs[Int(bytes[0])] = id
  }

  private mutating func readMerges(
    _ pairs: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)],
    _ index: TokenIndex,
    _ definition: TokenizerDefinition
  ) throws(TokenizationError) {
    var characters = CharacterTable()
    let isByCharacter = definition.scheme.isSentencePiece
    if isByCharacter { characters.readSingles(definition, index) }
    let bytes = Set(definition.byteTokens.compactMap { $0 })
    for (rank, pair) in pairs.enumerated() {
      guard let left = index.id(of: pair.left), let right = index.id(of: pair.right),
        let result = index.id(of: pair.left, pair.right)
      else {
        let text = String(decoding: pair.left + [0x20] + pair.right, as: UTF8.self)
        throw .invalid(
          key: "merge \(rank + 1)",
          reason: "\"\(text)\" names a token that the vocabulary lacks"
        )
      }
      merges.insert(left, right, rank: Int32(rank), result: result)
      guard isByCharacter else { continue }
      characters.join(definition.spellings[Int(result)])
      if bytes.contains(left) || bytes.contains(right) { characters.neverCut() }
    }
    self.characters = characters
  }

  /// Every way to make a scored token of two symbols becomes a merge; equal scores rank equally.
  ///
  /// Characters without a token of their own take part too, as stand-ins, as in SentencePiece:
  /// what is asked of neighbours is that their joined text is a token.
  private mutating func readScores(
    _ scores: [Double],
    _ index: TokenIndex,
    _ definition: TokenizerDefinition
  ) throws(TokenizationError) {
    let ranked = Set(scores).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: zip(ranked, Int32(0)...))
    let bytes = Set(definition.byteTokens.compactMap { $0 })
    func isMade(_ id: Int32) -> Bool {
      !definition.unmergeable.contains(id) && !bytes.contains(id)
    }
    characters.readSingles(definition, index)
    for (token, spelling) in definition.spellings.enumerated() {
      let id = Int32(token)
      guard isMade(id), spelling.count > 1 else { continue }
      let borders = spelling.indices.dropFirst().filter { spelling[$0] & 0xC0 != 0x80 }
      guard !borders.isEmpty else { continue }
      guard spelling.count <= TokenizerDefinition.longestScoredToken else {
        throw .invalid(
          key: "token \(id)",
          reason: "it has \(spelling.count) bytes; at most "
            + "\(TokenizerDefinition.longestScoredToken) are believed"
        )
      }
      characters.join(spelling)
      for border in borders {
        guard let left = symbol(spelling[..<border], index, isMade),
          let right = symbol(spelling[border...], index, isMade)
        else { continue }
        merges.insert(left, right, rank: ranks[scores[token]] ?? .max - 1, result: id)
      }
    }
  }

  /// The symbol that a part of a token is: a token, or a single character's stand-in.
  private mutating func symbol(
    _ part: ArraySlice<UInt8>,
    _ index: TokenIndex,
    _ isMade: (Int32) -> Bool
  ) -> Int32? {
    if let id = index.id(of: part), isMade(id) { return id }
    let (value, width) = Array(part).scalar(at: 0)
    return width == part.count ? characters.symbolOrStandIn(value) : nil
  }
}

extension TokenizerDefinition.Scheme {
  /// Whether symbols are characters.
  var isSentencePiece: Bool {
    if case .sentencePiece = self { true } else { false }
  }
}
