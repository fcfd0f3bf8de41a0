import Foundation

extension String {
  /// The text as one piece of an address.
  var pathEscaped: String {
    let plain = CharacterSet.alphanumerics.intersection(
      CharacterSet(charactersIn: "\u{0}"..."\u{7F}")
    )
    .union(CharacterSet(charactersIn: "-._~"))
    return addingPercentEncoding(withAllowedCharacters: plain) ?? self
  }
}
