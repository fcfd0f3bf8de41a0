import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches a file from the Hugging Face hub, each piece written as it arrives.
struct HubDownload: Sendable {
  let endpoint: HubEndpoint
  let repository: String
  let revision: String
  let file: String

  func deliver(to incoming: IncomingFile) async throws {
    guard !endpoint.isOffline else {
      throw failure("HF_HUB_OFFLINE is set, so the hub is not asked")
    }
    guard
      let location = endpoint.location(repository: repository, revision: revision, file: file)
    else {
      throw failure("\(endpoint.address) is not an address")
    }
    var request = URLRequest(url: location)
    if let token = endpoint.token {
      request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
    }
    do {
      try await HubTransfer(to: incoming).run(request)
    } catch let error as HubTransfer.Failure {
      throw failure(error.reason(for: location))
    }
  }

  private func failure(_ reason: String) -> WorkspaceError {
    .sourceFailed(source: "Hugging Face hub, \(repository)", reason: reason)
  }
}

/// One transfer: a delegate is the only way to stream a response body on every platform.
private final class HubTransfer: NSObject, URLSessionDataDelegate, Sendable {
  /// What the network did wrong.
  enum Failure: Error {
    case status(Int)
    case network(String)

    func reason(for location: URL) -> String {
      switch self {
      case .status(401), .status(403):
        "\(location.absoluteString) asks for permission; set HF_TOKEN"
      case .status(let code): "\(location.absoluteString) answered with status \(code)"
      case .network(let text): "\(location.absoluteString): \(text)"
      }
    }
  }

  private struct State {
    var continuation: CheckedContinuation<Void, any Error>?
    var failure: (any Error)?
  }

  private let incoming: IncomingFile
  private let state = Mutex(State())

  init(to incoming: IncomingFile) {
    self.incoming = incoming
  }

  func run(_ request: URLRequest) async throws {
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    let task = session.dataTask(with: request)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        state.withLock { $0.continuation = continuation }
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
    try Task.checkCancellation()
  }

  func urlSession(
    _ session: URLSession,
    dataTask: URLSessionDataTask,
    didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    if status == 200 {
      completionHandler(.allow)
    } else {
      fail(Failure.status(status))
      completionHandler(.cancel)
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    do {
      try incoming.append(data)
    } catch {
      fail(error)
      dataTask.cancel()
    }
  }

  /// The hub answers with an address elsewhere; its secret must not travel there.
  func urlSession(
    _ session: URLSession,
    task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    var next = request
    if next.url?.host() != task.originalRequest?.url?.host() {
      next.setValue(nil, forHTTPHeaderField: "Authorization")
    }
    completionHandler(next)
  }

  func urlSession(
    _ session: URLSession,
    task: URLSessionTask,
    didCompleteWithError error: (any Error)?
  ) {
    let (continuation, cause) = state.withLock { state in
      defer { state.continuation = nil }
      return (state.continuation, state.failure)
    }
    if let cause {
      continuation?.resume(throwing: cause)
    } else if let error {
      continuation?.resume(throwing: Failure.network(error.localizedDescription))
    } else {
      continuation?.resume()
    }
  }

  private func fail(_ error: any Error) {
    state.withLock { $0.failure = $0.failure ?? error }
  }
}
