import Training

extension ModelText {
  /// Turns rows and conversations into tokens with a loss mask.
  var encoder: RowEncoder {
    RowEncoder(tokenizer: tokenizer, template: try? chatTemplate())
  }
}
