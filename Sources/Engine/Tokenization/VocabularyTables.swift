import ModelFormats

/// The tables that encoding looks up, built once from a definition.
struct VocabularyTables {
  /// The bytes of each token, by id.
  private(set) var tokenBytes = PackedStrings()
  /// The token of each byte value, where there is one.
  private(set) var byteIDs = [Int32?](repeating: nil, count: 256)
  private(set) var merges: MergeTable
  /// The ids of all tokens that merges can make, by their bytes.
  private(set) var ids: [ArraySlice<UInt8>: Int32] = [:]

  init(_ definition: TokenizerDefinition) throws(TokenizationError) {
    merges = MergeTable(capacity: definition.merges.count)
    readTokens(definition)
    try readMerges(definition)
  }

  private mutating func readTokens(_ definition: TokenizerDefinition) {
    var texts: [Int32: [UInt8]] = [:]
    for special in definition.specials { texts[special.id] = special.bytes }
    ids.reserveCapacity(definition.spellings.count)
    for (index, spelling) in definition.spellings.enumerated() {
      let id = Int32(index)
      if let text = texts[id] {
        tokenBytes.append(text)
        continue
      }
      guard let bytes = ByteAlphabet.bytes(ofSpelling: spelling), !bytes.isEmpty else {
        // Not spelled in the alphabet: it can be shown, but no text leads to it.
        tokenBytes.append(spelling)
        continue
      }
      tokenBytes.append(bytes)
      if ids.updateValue(id, forKey: bytes[...]) != nil { continue }
      if bytes.count == 1 { byteIDs[Int(bytes[0])] = id }
    }
  }

  private mutating func readMerges(_ definition: TokenizerDefinition) throws(TokenizationError) {
    for (rank, merge) in definition.merges.enumerated() {
      guard let left = ByteAlphabet.bytes(ofSpelling: merge.left),
        let right = ByteAlphabet.bytes(ofSpelling: merge.right),
        let leftID = ids[left[...]], let rightID = ids[right[...]],
        let result = ids[(left + right)[...]]
      else {
        let pair = String(decoding: merge.left + [0x20] + merge.right, as: UTF8.self)
        throw .invalid(
          key: "merge \(rank + 1)",
          reason: "\"\(pair)\" names a token that the vocabulary lacks"
        )
      }
      merges.insert(leftID, rightID, rank: Int32(rank), result: result)
    }
  }
}
