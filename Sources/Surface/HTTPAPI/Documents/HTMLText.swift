/// Texts as they stand in an HTML page.
enum HTMLText {
  /// The text with the characters that HTML gives a meaning written as references.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  /// A sentence in which what stands between backticks is code.
  static func prose(_ text: String) -> String {
    escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { place, part in place.isMultiple(of: 2) ? String(part) : "<code>\(part)</code>" }
      .joined()
  }

  /// A text as code.
  static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }

  /// The name of a place on the page.
  static func anchor(_ text: String) -> String { text.replacing(" ", with: "-") }
}
