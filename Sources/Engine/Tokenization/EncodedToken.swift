/// A token and the part of the text that it stands for.
public struct EncodedToken: Hashable, Sendable {
  /// The token.
  public var id: Int32
  /// The UTF-8 bytes of the encoded text that it covers; empty for a token that was added.
  public var utf8Range: Range<Int>

  /// A token with its place.
  public init(id: Int32, utf8Range: Range<Int>) {
    self.id = id
    self.utf8Range = utf8Range
  }
}

/// What becomes of control tokens, such as `<|im_end|>`, that stand in a text.
public enum SpecialTokenHandling: Hashable, Sendable {
  /// They become the control tokens. For texts that a chat template made.
  case parse
  /// They are ordinary text. For texts from outside.
  case asText
}
