/// Turns text without special tokens into tokens, by a tokenizer's tables.
struct TextEncoder: Sendable {
  /// Where the bytes that are encoded lie in the caller's text.
  struct Origin {
    /// What to add to a place.
    var offset = 0
    /// No place is before this: a space that was put before the text covers nothing.
    var first = 0
  }

  let scheme: TokenizerDefinition.Scheme
  private(set) var tables: VocabularyTables
  private let normalisesToNFC: Bool
  private let vocabularySize: Int32

  init(_ definition: TokenizerDefinition) throws(TokenizationError) {
    scheme = definition.scheme
    tables = try VocabularyTables(definition)
    normalisesToNFC = definition.normalisesToNFC
    vocabularySize = Int32(definition.spellings.count)
  }

  /// An encoder that leaves SentencePiece-style texts whole: the plain way, which cutting must equal.
  init(_ definition: TokenizerDefinition, cuts: Bool) throws(TokenizationError) {
    try self.init(definition)
    if !cuts { tables.characters.neverCut() }
  }

  /// Whether the encoder needs the classes of the text's characters.
  var usesClasses: Bool { !scheme.isSentencePiece }

  /// Encodes the stretch `range` of a text.
  func encode(
    _ text: ScannedText,
    _ range: Range<Int>,
    _ scratch: inout EncodingScratch,
    into sink: inout some TokenSink
  ) {
    guard !range.isEmpty else { return }
    switch scheme {
    case .sentencePiece(let prefix):
      encodeCharacters(text.bytes, range, prefix, &scratch, &sink)
    case .byteLevel(let preTokenizer):
      guard normalisesToNFC, let normalised = NormalisedText(text.bytes, range) else {
        return encodePieces(text, range, preTokenizer, &scratch, &sink)
      }
      let scanned = ScannedText(normalised.bytes, &scratch.classes)
      var found = PlaceSink()
      encodePieces(scanned, 0..<normalised.bytes.count, preTokenizer, &scratch, &found)
      for token in found.tokens {
        let place = normalised.original(token.utf8Range)
        sink.append(
          token.id,
          place.lowerBound + range.lowerBound,
          place.upperBound + range.lowerBound
        )
      }
    }
  }
}

// MARK: byte-level

extension TextEncoder {
  private func encodePieces(
    _ text: ScannedText,
    _ range: Range<Int>,
    _ preTokenizer: PreTokenizer,
    _ scratch: inout EncodingScratch,
    _ sink: inout some TokenSink
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = preTokenizer.endOfPiece(text, from: start, to: range.upperBound)
      encodePiece(text.bytes, start, end, Origin(), &scratch, &sink)
      start = end
    }
  }

  private func readBytes(_ text: [UInt8], _ start: Int, _ end: Int, _ symbols: inout [Symbol]) {
    for place in start..<end {
      guard let id = tables.byteIDs[Int(text[place])] else { continue }
      symbols.append(Symbol(id: id, start: place, end: place + 1))
    }
  }
}

// MARK: SentencePiece-style

extension TextEncoder {
  private func encodeCharacters(
    _ text: [UInt8],
    _ range: Range<Int>,
    _ prefix: TokenizerDefinition.PrefixSpace,
    _ scratch: inout EncodingScratch,
    _ sink: inout some TokenSink
  ) {
    guard needsSpace(text, range, prefix) else {
      return encodeCut(text, range, Origin(), &scratch, &sink)
    }
    let origin = Origin(offset: range.lowerBound - 1, first: range.lowerBound)
    encodeCut([0x20] + text[range], 0..<range.count + 1, origin, &scratch, &sink)
  }

  private func needsSpace(
    _ text: [UInt8],
    _ range: Range<Int>,
    _ prefix: TokenizerDefinition.PrefixSpace
  ) -> Bool {
    let startsWithSpace =
      text[range.lowerBound] == 0x20 || text[range].starts(with: SpaceMark.bytes)
    return switch prefix {
    case .never: false
    case .always: true
    case .unlessSpace: !startsWithSpace
    case .atStartUnlessSpace: range.lowerBound == 0 && !startsWithSpace
    }
  }

  /// Cuts where no token can stand across, and encodes what is between.
  private func encodeCut(
    _ text: [UInt8],
    _ range: Range<Int>,
    _ origin: Origin,
    _ scratch: inout EncodingScratch,
    _ sink: inout some TokenSink
  ) {
    var start = range.lowerBound
    var (left, width) = Self.character(text, start)
    var place = start + width
    while place < range.upperBound {
      let (right, width) = Self.character(text, place)
      if !tables.characters.mayJoin(left, right) {
        encodePiece(text, start, place, origin, &scratch, &sink)
        start = place
      }
      left = right
      place += width
    }
    encodePiece(text, start, range.upperBound, origin, &scratch, &sink)
  }

  /// The character at a place, the mark for a space.
  private static func character(_ text: [UInt8], _ place: Int) -> (value: UInt32, width: Int) {
    let (value, width) = text.scalar(at: place)
    return (value == 0x20 ? SpaceMark.value : value, width)
  }

  private func readCharacters(
    _ text: [UInt8],
    _ start: Int,
    _ end: Int,
    _ symbols: inout [Symbol]
  ) {
    var place = start
    while place < end {
      let (value, width) = Self.character(text, place)
      if let symbol = tables.characters.symbol(value) {
        symbols.append(Symbol(id: symbol, start: place, end: place + width))
      } else {
        readBytes(text, place, place + width, &symbols)
      }
      place += width
    }
  }

  /// Stand-ins that found nobody to merge with become their bytes.
  private func replaceStandIns(_ text: [UInt8], _ symbols: inout [Symbol]) {
    guard symbols.contains(where: { $0.id >= vocabularySize }) else { return }
    var result: [Symbol] = []
    for symbol in symbols {
      if symbol.id < vocabularySize {
        result.append(symbol)
      } else {
        readBytes(text, symbol.start, symbol.end, &result)
      }
    }
    symbols = result
  }
}

// MARK: one piece

extension TextEncoder {
  private func encodePiece(
    _ text: [UInt8],
    _ start: Int,
    _ end: Int,
    _ origin: Origin,
    _ scratch: inout EncodingScratch,
    _ sink: inout some TokenSink
  ) {
    let isKept = end - start <= WordCache.longestPiece
    let hash = isKept ? WordCache.hash(text, start, end) : 0
    if isKept, let known = scratch.cache.find(text, start, end, hash: hash) {
      let base = start + origin.offset
      for index in known {
        let token = scratch.cache.tokens[index]
        let first = max(base + Int(token.start), origin.first)
        sink.append(token.id, first, max(base + Int(token.end), origin.first))
      }
      return
    }
    merge(text, start, end, &scratch.merger)
    if isKept { scratch.cache.insert(text, start, end, hash: hash, scratch.merger.symbols) }
    for symbol in scratch.merger.symbols {
      let first = max(symbol.start + origin.offset, origin.first)
      sink.append(symbol.id, first, max(symbol.end + origin.offset, origin.first))
    }
  }

  /// Leaves the piece's tokens in the merger.
  private func merge(_ text: [UInt8], _ start: Int, _ end: Int, _ merger: inout PieceMerger) {
    merger.symbols.removeAll(keepingCapacity: true)
    if let index = tables.wholePieces, let whole = index.id(of: text[start..<end]) {
      merger.symbols.append(Symbol(id: whole, start: start, end: end))
      return
    }
    if scheme.isSentencePiece {
      readCharacters(text, start, end, &merger.symbols)
    } else {
      readBytes(text, start, end, &merger.symbols)
    }
    merger.merge(by: tables.merges)
    if scheme.isSentencePiece { replaceStandIns(text, &merger.symbols) }
  }
}
