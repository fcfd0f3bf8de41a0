import Synchronization

/// The last small answers that can never change, by their tags.
///
/// What a tag names by its content was checked and written once; giving the same bytes again needs
/// neither. Bounded, the least recently asked for goes first.
final class AnswerCache: Sendable {
  /// An answer with more bytes is not kept.
  static let answerBytes = 1_048_576
  /// Bytes of all answers together.
  static let totalBytes = 8_388_608

  private let answers = Mutex<[(tag: EntityTag, bytes: [UInt8])]>([])

  /// The answer of a tag, if it is still here.
  func bytes(of tag: EntityTag) -> [UInt8]? {
    answers.withLock { answers in
      guard let place = answers.firstIndex(where: { $0.tag == tag }) else { return nil }
      let found = answers.remove(at: place)
      answers.append(found)
      return found.bytes
    }
  }

  /// Keeps an answer, unless it is large.
  func keep(_ bytes: [UInt8], of tag: EntityTag) {
    guard bytes.count <= Self.answerBytes else { return }
    answers.withLock { answers in
      answers.removeAll { $0.tag == tag }
      answers.append((tag, bytes))
      var total = answers.reduce(0) { $0 + $1.bytes.count }
      while total > Self.totalBytes { total -= answers.removeFirst().bytes.count }
    }
  }
}
