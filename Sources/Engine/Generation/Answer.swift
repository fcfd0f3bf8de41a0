internal import Tokenization

/// One request's sequence as it grows: tokens, text, and when it ends.
struct Answer: Sendable {
  private let request: SequenceRequest
  private var decoder: StreamingDecoder?
  private var matcher: StopMatcher
  private var text = ""
  private(set) var ids: [Int32] = []
  private var logProbabilities: [Float] = []
  private(set) var finishReason: FinishReason?
  /// The distinct tokens so far, prompt and answer; kept only where a penalty asks for them.
  private(set) var seen: Set<Int32> = []

  init(_ request: SequenceRequest, tokenizer: Tokenizer?) {
    self.request = request
    decoder = tokenizer.map { StreamingDecoder($0, skipSpecial: true) }
    matcher = StopMatcher(request.stopStrings)
    if request.sampling.repetitionPenalty != 1 { seen = Set(request.prompt) }
    ids.reserveCapacity(min(request.maxNewTokens, 1024))
  }

  /// Takes a token and gives the text that is certain with it.
  mutating func append(_ id: Int32, _ logProbability: Float) -> String {
    ids.append(id)
    logProbabilities.append(logProbability)
    if request.sampling.repetitionPenalty != 1 { seen.insert(id) }
    var piece = ""
    if let complete = decoder?.append(id) { piece = matcher.append(complete) }
    if matcher.hasMatched {
      finishReason = .stopString
    } else if request.endTokens.contains(id) {
      finishReason = .stop
    } else if ids.count == request.maxNewTokens {
      finishReason = .length
    }
    if finishReason != nil { piece += finishText() }
    text += piece
    return piece
  }

  /// What was held back; the text of a cut character may complete a stop string too.
  private mutating func finishText() -> String {
    guard finishReason != .stopString, let rest = decoder?.finish() else { return "" }
    let piece = matcher.append(rest)
    if matcher.hasMatched { finishReason = .stopString }
    return piece + matcher.finish()
  }

  /// The finished sequence; traps before its end.
  var sequence: GeneratedSequence {
    guard let finishReason else { preconditionFailure("a sequence is taken before its end") }
    return GeneratedSequence(
      ids: ids,
      logProbabilities: logProbabilities,
      text: text,
      finishReason: finishReason
    )
  }
}
