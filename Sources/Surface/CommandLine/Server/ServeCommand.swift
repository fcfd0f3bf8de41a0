import ArgumentParser
import Execution
import Foundation
import Foundations
import HTTPAPI
import Logging
import Server
import Workspace

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve the HTTP API; only this machine reaches it unless there are tokens.",
    discussion: """
      The document is at /openapi.json, for people at /docs. Ctrl-C lets running requests end. With an \
      address that other machines reach, or --require-token, each one needs a token (tunix-rt token create).
      """
  )

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port = 8000

  @Flag(help: "Requests from this machine need a token too, as behind a proxy.")
  var requireToken = false

  @Option(help: ArgumentHelp("Answer for this name in Host, too; repeat it.", valueName: "name"))
  var allowHost: [String] = []

  @Option(
    help: ArgumentHelp(
      "Let pages of this origin use the API, such as http://localhost:5173; repeat it.",
      valueName: "origin"
    )
  )
  var allowOrigin: [String] = []

  @Option(help: "The largest body with one trace, in bytes.")
  var traceMaxBytes = BodyLimits().traceBytes

  @Option(help: "The largest other JSON body, in bytes.")
  var bodyMaxBytes = BodyLimits().generalBytes

  @Option(help: "The largest file that is imported, in bytes.")
  var importMaxBytes = BodyLimits().fileBytes

  @Option(help: "Seconds that running requests have to end when the server is stopped.")
  var graceSeconds = 20

  @Option(help: "Seconds without a byte after which a connection is closed.")
  var idleSeconds = 75

  @Option(help: "What is logged: error, warning, notice, info (every request) or debug.")
  var logLevel = "notice"

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port takes 0 to 65535, not \(port)")
    }
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("--log-level takes error, warning, notice, info or debug")
    }
    if let origin = allowOrigin.first(where: { !Self.isOrigin($0) }) {
      throw ValidationError("--allow-origin takes http://NAME or https://NAME:PORT, not \(origin)")
    }
    guard traceMaxBytes > 0, bodyMaxBytes > 0, importMaxBytes > 0 else {
      throw ValidationError("the largest body has at least one byte")
    }
    guard (0...3600).contains(graceSeconds), (1...86_400).contains(idleSeconds) else {
      throw ValidationError("--grace-seconds takes 0 to 3600, --idle-seconds 1 to 86400")
    }
  }

  func run() async throws {
    let workspace = try options.openOrCreateWorkspace()
    let services = APIServices(
      workspace: workspace,
      limits: BodyLimits(
        traceBytes: traceMaxBytes,
        generalBytes: bodyMaxBytes,
        fileBytes: importMaxBytes
      ),
      preview: { try Self.preview($0, in: workspace) }
    )
    let host = host
    let output = options.output
    let server = try APIServer(
      services: services,
      options: ServerOptions(
        host: host,
        port: port,
        requiresToken: requireToken,
        allowedHosts: Set(allowHost.map { $0.lowercased() }),
        allowedOrigins: Set(allowOrigin.map { $0.lowercased() }),
        limits: services.limits,
        graceSeconds: graceSeconds,
        idleSeconds: idleSeconds,
        temporaryFolder: workspace.location.appending(path: "incoming")
      ),
      logger: logger
    ) { port in
      let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
      let address = "http://\(name):\(port)"
      output.show(
        "serving \(workspace.location.path) at \(address), described at \(address)/docs",
        json: ["address": .string(address), "port": JSONValue(port)]
      )
    }
    try await server.run()
  }

  /// A model is named as it was fetched or promoted: a client names no path on this machine.
  private static func preview(
    _ request: PreviewRequest,
    in workspace: WorkspaceFolder
  ) throws -> JSONValue {
    let isPulled = try workspace.models.pulled(request.model) != nil
    if !isPulled { _ = try workspace.registry.resolve(request.model) }
    var preview = DatasetPreview()
    preview.maxLength = request.maximumLength
    return try preview.json(
      of: request.datasetKey,
      at: request.index,
      in: request.split,
      model: try ModelReference.find(request.model, in: workspace),
      workspace: workspace
    )
  }

  /// Whether a text is an origin as browsers send it: scheme, name, perhaps a port, nothing else.
  private static func isOrigin(_ text: String) -> Bool {
    text.wholeMatch(of: #/https?:\/\/([^\/\s:*?#@\[\]]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?/#) != nil
  }

  private var logger: Logger {
    var logger = Logger(label: "tunix-rt") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
    return logger
  }
}
