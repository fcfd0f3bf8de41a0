import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection of HTTP/1.1 whose answers are compressed where the client takes gzip and it pays.
struct CompressingChannel: ServerChildChannel {
  let base: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    base.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      let compressor = HTTPResponseCompressor(responseCompressionPredicate: Self.intent)
      try pipeline.addHandler(ContinueHandler(), position: .before(codec))
      try pipeline.addHandler(compressor, position: .before(codec))
      try pipeline.addHandler(AnswerGuard(compressor), position: .before(codec))
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await base.handle(value: value, logger: logger)
  }

  /// Bytes below which compression costs more than it saves.
  private static let leastBytes = 1024

  private static func intent(
    _ head: inout HTTPResponseHead,
    _ isSupported: Bool
  ) -> HTTPResponseCompressor.CompressionIntent {
    let type = head.headers.first(name: "Content-Type") ?? ""
    let isText =
      type.hasPrefix("text/") || type.contains("json") || type.contains("jsonl")
    guard isText else { return .doNotCompress }
    head.headers.add(name: "Vary", value: "Accept-Encoding")
    let length = head.headers.first(name: "Content-Length").flatMap { Int($0) }
    return isSupported && length ?? .max >= leastBytes ? .compressIfPossible : .doNotCompress
  }
}

/// Tells a client that asks first (`Expect: 100-continue`) to go on and send its body.
///
/// Without it such a client waits a second before it sends a larger body.
private final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data), head.version == .http1_1,
      head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
    {
      let answer = HTTPResponseHead(version: head.version, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
    }
    context.fireChannelRead(data)
  }
}

/// Keeps an answer that nobody asked for away from the compressor: the `400` to bytes that are no
/// HTTP belongs to no request, and the compressor traps on it.
///
/// It is the last answer of its connection, and all others are written, so the compressor can go.
private final class AnswerGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let compressor: HTTPResponseCompressor
  private var waitingRequests = 0

  init(_ compressor: HTTPResponseCompressor) {
    self.compressor = compressor
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { waitingRequests += 1 }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .head = unwrapOutboundIn(data) {
      if waitingRequests == 0 {
        context.pipeline.syncOperations.removeHandler(compressor, promise: nil)
      }
      waitingRequests -= 1
    }
    context.write(data, promise: promise)
  }
}
