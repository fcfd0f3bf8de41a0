public import Datasets
import Foundation
public import Foundations
import Subprocess

/// UNGAR's High Card Duel, played by the Python package `ungar` where somebody installed it.
///
/// The package is no dependency of this program: it is asked for when it is wanted, in a process of
/// its own, and where it is missing every answer says so.
public struct UngarIntegration: Sendable {
  /// Whether games can be played.
  public struct Status: Hashable, Sendable {
    /// The package's version; `unknown` where it declares none, nil where there is no package.
    public let version: String?
    /// The Python that was asked.
    public let python: String
    /// Why there is no package; nil where there is one.
    public let reason: String?

    /// Whether games can be played.
    public var isAvailable: Bool { version != nil }

    /// The status on the wire.
    public var json: JSONValue {
      [
        "available": JSONValue(isAvailable), "version": JSONValue(optional: version),
        "python": .string(python), "reason": JSONValue(optional: reason),
      ]
    }
  }

  /// Games that may be asked for at once.
  public static let counts = 1...100

  private static let outputBytes = 1 << 20
  private let python: String

  /// Asks this Python: a name on the path or a file.
  public init(python: String) {
    self.python = python
  }

  /// Asks the Python that `TUNIX_RT_UNGAR_PYTHON` names, else `python3`.
  public init(environment: [String: String]) {
    let named = environment["TUNIX_RT_UNGAR_PYTHON"] ?? ""
    self.init(python: named.isEmpty ? "python3" : named)
  }

  /// Whether the package is there.
  public func status() async -> Status {
    do {
      let answer = try await run(["--status"], seconds: Limits.generatorSecondsPerTrace)
      let version = try JSONValue(parsing: answer)["version"]?.string
      return Status(version: version ?? "unknown", python: python, reason: nil)
    } catch {
      return Status(version: nil, python: python, reason: "\(error)")
    }
  }

  /// Plays games: the n-th is dealt by seed + n, or by chance where there is no seed.
  ///
  /// Throws `WorkspaceError.notInstalled` where the package is missing.
  public func play(count: Int, seed: UInt64?) async throws -> [HighCardDuel] {
    guard Self.counts.contains(count) else {
      throw WorkspaceError.invalidRequest(
        parameter: "count",
        reason: "\(count) is not between 1 and \(Self.counts.upperBound)"
      )
    }
    let status = await status()
    guard status.isAvailable else {
      throw WorkspaceError.notInstalled(
        name: "UNGAR",
        reason: status.reason ?? "",
        hint: "install the Python package ungar for \(python), or name another Python in "
          + "TUNIX_RT_UNGAR_PYTHON"
      )
    }
    let text = try await run(
      ["\(count)", seed.map(String.init) ?? "none"],
      seconds: Limits.generatorSecondsPerTrace * (count + 1)
    )
    let games = try JSONLines.lines(of: Array(text.utf8)).map { line -> HighCardDuel in
      let episode = line.number - 1
      let dealt = seed.map { $0 &+ UInt64(episode) }
      guard let game = HighCardDuel(json: try line.value(), episode: episode, seed: dealt) else {
        throw WorkspaceError.sourceFailed(source: "UNGAR", reason: "line \(line.number) is no game")
      }
      return game
    }
    guard games.count == count else {
      throw WorkspaceError.sourceFailed(
        source: "UNGAR",
        reason: "\(games.count) games were played, \(count) were asked for"
      )
    }
    return games
  }
}

extension UngarIntegration {
  /// Runs the driver and returns what it printed.
  private func run(_ arguments: [String], seconds: Int) async throws -> String {
    let limit = Self.outputBytes
    let command = [python, "-c", Self.driver] + arguments
    let result = try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask {
        // `env` finds the Python on the path.
        let result = try await Subprocess.run(
          .name("env"),
          arguments: Arguments(command),
          input: .none,
          output: .string(limit: limit),
          error: .string(limit: limit)
        )
        return Answer(
          isSuccess: result.terminationStatus.isSuccess,
          output: result.standardOutput,
          complaint: result.standardError
        )
      }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let result else {
      throw WorkspaceError.sourceFailed(
        source: "UNGAR",
        reason: "no answer within \(seconds) seconds"
      )
    }
    guard result.isSuccess else {
      let last = result.complaint.split(separator: "\n").last ?? "the process failed"
      throw WorkspaceError.sourceFailed(source: "UNGAR", reason: String(last.prefix(400)))
    }
    return result.output
  }

  private struct Answer {
    let isSuccess: Bool
    let output: String
    let complaint: String
  }

  /// Plays with the package's own rules and prints one object a game.
  private static let driver = """
    import json, sys
    import ungar
    if sys.argv[1] == "--status":
        version = getattr(ungar, "__version__", None)
        if version is None:
            from importlib import metadata
            try:
                version = metadata.version("ungar")
            except metadata.PackageNotFoundError:
                version = "unknown"
        print(json.dumps({"version": str(version)}))
        sys.exit(0)
    from ungar.games.high_card_duel import make_high_card_duel_spec
    RANKS = {"TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5", "SIX": "6", "SEVEN": "7",
             "EIGHT": "8", "NINE": "9", "TEN": "T", "JACK": "J", "QUEEN": "Q", "KING": "K",
             "ACE": "A"}
    def card(value):
        try:
            return RANKS[value.rank.name] + value.suit.name[0]
        except (AttributeError, KeyError):
            return "??"
    for place in range(int(sys.argv[1])):
        seed = None if sys.argv[2] == "none" else int(sys.argv[2]) + place
        state = make_high_card_duel_spec().initial_state(seed=seed)
        own, other = state.hands
        moves = [move.name for move in state.legal_moves()]
        while not state.is_terminal():
            state = state.apply_move(state.legal_moves()[0])
        print(json.dumps({"my_card": card(own), "opponent_card": card(other),
                          "legal_moves": moves, "unseen": 51, "return": state.returns()[0]}))
    """
}
