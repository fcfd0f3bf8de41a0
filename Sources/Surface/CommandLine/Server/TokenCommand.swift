import Access
import ArgumentParser
import Foundation
import Foundations
import Workspace

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Make, list and revoke the access tokens of the HTTP API.",
    subcommands: [TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self]
  )
}

struct TokenCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a token; its secret is shown once, only its sha256 is stored."
  )

  @Argument(help: "The token's name, used once.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "What it allows, separated by commas: "
        + "\(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "scopes"
    )
  )
  var scope = "read"

  @Option(help: ArgumentHelp("When it ends: 90d, 12h, 30m; never otherwise.", valueName: "time"))
  var expiresIn: String?

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    _ = try scopes
    _ = try lifetimeSeconds
  }

  func run() async throws {
    let (token, secret) = try options.openOrCreateWorkspace().access.create(
      name: name,
      scopes: try scopes,
      lifetimeSeconds: try lifetimeSeconds
    )
    options.output.show(
      "\(secret.text)\n\n" + token.sentence + "; the secret is not shown again",
      json: token.json(isValid: true).setting("secret", to: .string(secret.text))
    )
  }

  private var scopes: Set<AccessScope> {
    get throws {
      Set(
        try scope.split(separator: ",").map { word in
          let text = word.filter { !$0.isWhitespace }
          guard let scope = AccessScope(rawValue: text) else {
            let known = AccessScope.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\"\(text)\" is no scope; there are \(known)")
          }
          return scope
        }
      )
    }
  }

  private var lifetimeSeconds: Int? {
    get throws {
      guard let expiresIn else { return nil }
      let units = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
      let number = expiresIn.dropLast()
      guard let unit = units[String(expiresIn.suffix(1))], let count = Int(number),
        (1...36_500).contains(count)
      else { throw ValidationError("--expires-in takes 90d, 12h or 30m, not \"\(expiresIn)\"") }
      return count * unit
    }
  }
}

struct TokenListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List tokens, the newest first; secrets are not stored and not shown."
  )

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().access
    let tokens = try library.list()
    var table = TextTable("name", "scopes", "state", "created", "expires")
    for token in tokens {
      table.add(
        token.name,
        token.scopes.sorted().map(\.rawValue).joined(separator: ","),
        token.revokedAt != nil ? "revoked" : library.isValid(token) ? "valid" : "over",
        HumanText.time(token.createdAt),
        token.expiresAt.map(HumanText.time) ?? "never"
      )
    }
    options.output.show(
      table.text(orWhenEmpty: "no tokens"),
      json: ["tokens": .array(tokens.map { $0.json(isValid: library.isValid($0)) })]
    )
  }
}

struct TokenRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Take a token back: it is refused from the next request on."
  )

  @Argument(help: "The token's name or id.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    try options.openWorkspace().access.revoke(name)
    options.output.show(
      "revoked \(name)",
      json: ["name": .string(name), "revoked": true]
    )
  }
}

extension AccessToken {
  fileprivate var sentence: String {
    let list = scopes.sorted().map(\.rawValue).joined(separator: ", ")
    let end = expiresAt.map { "until \(HumanText.time($0))" } ?? "without end"
    return "token \(name) allows \(list), \(end)"
  }

  fileprivate func json(isValid: Bool) -> JSONValue {
    [
      "id": .string(id.text),
      "name": .string(name),
      "scopes": .array(scopes.sorted().map { .string($0.rawValue) }),
      "created_at": .string(Timestamp.text(of: createdAt)),
      "expires_at": expiresAt.map { .string(Timestamp.text(of: $0)) } ?? .null,
      "revoked_at": revokedAt.map { .string(Timestamp.text(of: $0)) } ?? .null,
      "valid": JSONValue(isValid),
    ]
  }
}
