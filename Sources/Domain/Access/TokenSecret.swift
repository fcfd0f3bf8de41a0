public import Foundations

/// What the bearer of a token shows: `trt_` and 43 letters and digits of the URL alphabet.
///
/// 32 random bytes cannot be guessed, so one sha256 is all that is stored.
public struct TokenSecret: Hashable, Sendable {
  /// The text that is shown once, when the token is made.
  public let text: String

  /// Draws a new secret from the system's random numbers.
  public static func random() -> TokenSecret {
    var generator = SystemRandomNumberGenerator()
    return TokenSecret(
      bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    )
  }

  /// Takes the text that a bearer shows; nil where it cannot be a secret.
  public init?(_ text: String) {
    let rest = text.utf8.dropFirst(Self.prefix.utf8.count)
    guard text.hasPrefix(Self.prefix), rest.count == 43,
      rest.allSatisfy({ Self.alphabet.contains($0) })
    else { return nil }
    self.text = text
  }

  init(bytes: [UInt8]) {
    var digits: [UInt8] = []
    var held = 0
    var bits = 0
    for byte in bytes {
      held = held << 8 | Int(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        digits.append(Self.alphabet[held >> bits & 63])
      }
      held &= (1 << bits) - 1
    }
    if bits > 0 { digits.append(Self.alphabet[held << (6 - bits) & 63]) }
    text = Self.prefix + String(decoding: digits, as: UTF8.self)
  }

  /// What is stored in place of the secret.
  public var hash: ContentHash { ContentHash(ofText: text) }

  private static let prefix = "trt_"
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
  )
}
