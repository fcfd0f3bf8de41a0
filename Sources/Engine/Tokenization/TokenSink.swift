/// Where encoding puts its tokens.
protocol TokenSink {
  /// Takes a token that covers the bytes from `start` to `end`.
  mutating func append(_ id: Int32, _ start: Int, _ end: Int)
}

/// Keeps the ids alone.
struct IDSink: TokenSink {
  private(set) var ids: [Int32] = []

  mutating func append(_ id: Int32, _ start: Int, _ end: Int) { ids.append(id) }
}

/// Keeps the ids with their places.
struct PlaceSink: TokenSink {
  private(set) var tokens: [EncodedToken] = []

  mutating func append(_ id: Int32, _ start: Int, _ end: Int) {
    tokens.append(EncodedToken(id: id, utf8Range: start..<end))
  }
}
