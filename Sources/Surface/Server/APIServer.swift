import Foundation
public import HTTPAPI
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization
import Workspace

/// The server: the API at an address, until it is told to stop.
public struct APIServer: Service {
  private let options: ServerOptions
  private let api: TunixAPI
  private let logger: Logger
  private let started: @Sendable (Int) -> Void

  /// Puts the server together; throws where others could reach it without a token.
  ///
  /// `started` gets the port once connections are taken.
  public init(
    services: APIServices,
    options: ServerOptions,
    logger: Logger,
    started: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    let isOpen = options.isLoopback && !options.requiresToken
    if !isOpen, try services.workspace.access.validCount() == 0 {
      throw ServerError.needsToken(host: options.host)
    }
    try Self.prepare(options.temporaryFolder)
    self.options = options
    self.logger = logger
    self.started = started
    let rules = TunixAPI.Rules(
      needsToken: !isOpen,
      hosts: options.hosts,
      origins: options.allowedOrigins,
      temporaryFolder: options.temporaryFolder
    )
    api = TunixAPI(services: services, rules: rules)
  }

  /// Serves until the task is cancelled or a graceful shutdown is asked for; what is being answered
  /// then has the grace seconds to end.
  public func run() async throws {
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: application)],
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = .seconds(options.graceSeconds)
    configuration.maximumCancellationDuration = .seconds(1)
    let group = ServiceGroup(configuration: configuration)
    // Cancelling the group would cut connections off; it is asked to stop instead, so its task must
    // not inherit the cancellation.
    let work = Task { try await group.run() }
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await translating { try await work.value }
      } onGracefulShutdown: {
        Task { await group.triggerGracefulShutdown() }
      }
    } onCancel: {
      Task { await group.triggerGracefulShutdown() }
    }
  }

  /// Makes the folder of bodies, and removes what a server that died left there a day ago.
  private static func prepare(_ folder: URL) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    let files = try manager.contentsOfDirectory(
      at: folder,
      includingPropertiesForKeys: [.contentModificationDateKey]
    )
    for file in files where file.pathExtension == "body" {
      let values = try? file.resourceValues(forKeys: [.contentModificationDateKey])
      let age = values?.contentModificationDate.map { -$0.timeIntervalSinceNow } ?? 0
      if age > 86_400 { try? manager.removeItem(at: file) }
    }
  }

  private func translating(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as IOError {
      throw ServerError.unusableAddress(
        host: options.host,
        port: options.port,
        reason: error.description
      )
    }
  }

  private var application: some ApplicationProtocol {
    let host = options.host.filter { $0 != "[" && $0 != "]" }
    return Application(
      responder: api.responder(),
      server: HTTPServerBuilder { [options] responder in
        let configuration = HTTP1Channel.Configuration(
          idleTimeout: .seconds(Int64(options.idleSeconds))
        )
        return CompressingChannel(
          base: HTTP1Channel(responder: responder, configuration: configuration)
        )
      },
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: options.port),
        serverName: "tunix-rt"
      ),
      onServerRunning: { [started] channel in
        started(channel.localAddress?.port ?? 0)
      },
      logger: logger
    )
  }
}
