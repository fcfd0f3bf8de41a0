import Foundations
public import Traces

/// The name of the problem that a trace solves, whatever its wording.
///
/// Traces with the same key never stand on both sides of a split.
public enum GroupKey {
  /// `meta.group_key` where the trace has one, else its prompt in lower case with every run of
  /// white space and punctuation as one space.
  public static func of(_ trace: Trace) -> String {
    of(named: trace.meta?["group_key"]?.string, prompt: trace.prompt)
  }

  /// The key of a trace that names one, or has this prompt.
  public static func of(named name: String?, prompt: @autoclosure () -> String) -> String {
    if let name, !name.isEmpty { return name }
    let prompt = prompt()
    let words = words(of: prompt)
    if words.isEmpty || words.utf8.count > longestPlainKeyBytes {
      let content = words.isEmpty ? prompt : words
      return "prompt-sha256:" + ContentHash(ofText: content).hex
    }
    return "prompt:" + words
  }

  /// The key of an operation on numbers whose order does not matter.
  static func commutative(_ operation: String, _ numbers: [Int]) -> String {
    operation + ":" + numbers.sorted().map(String.init).joined(separator: ",")
  }

  private static let longestPlainKeyBytes = 200

  private static func words(of prompt: String) -> String {
    plainWords(of: prompt) ?? unicodeWords(of: prompt)
  }

  /// The words of an ASCII text; nil where there is another character.
  private static func plainWords(of prompt: String) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prompt.utf8.count)
    var isApart = false
    for byte in prompt.utf8 {
      switch byte {
      case 0x80...: return nil
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
        if isApart, !bytes.isEmpty { bytes.append(0x20) }
        isApart = false
        bytes.append(byte >= 0x41 ? byte | 0x20 : byte)
      default: isApart = true
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unicodeWords(of prompt: String) -> String {
    let scalars = prompt.lowercased().unicodeScalars.map { scalar -> Character in
      let properties = scalar.properties
      let isWord =
        properties.isAlphabetic || properties.numericType != nil
        || properties.isEmojiPresentation
      return isWord ? Character(scalar) : " "
    }
    return String(scalars).split(separator: " ").joined(separator: " ")
  }
}
