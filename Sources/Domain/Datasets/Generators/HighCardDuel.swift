public import Foundations
public import Traces

/// One game of UNGAR's High Card Duel as player 0 saw it.
///
/// Each of two players holds one hidden card, both reveal, the higher rank wins.
public struct HighCardDuel: Hashable, Sendable {
  /// How it ended for player 0.
  public enum Outcome: String, Hashable, Sendable {
    /// The own card is higher.
    case win
    /// The opponent's card is higher.
    case loss
    /// Both have the same rank.
    case tie
  }

  /// `meta.source` of its traces.
  public static let source = "ungar"
  /// `meta.game` of its traces.
  public static let game = "high_card_duel"
  /// A card that could not be read.
  public static let unreadableCard = "??"

  /// The game's place in its series, from zero.
  public let episode: Int
  /// The seed that dealt the cards; nil where chance did.
  public let seed: UInt64?
  /// The own card: rank of `23456789TJQKA` and suit of `SHDC`.
  public let ownCard: String
  /// The opponent's card.
  public let opponentCard: String
  /// The moves that were allowed.
  public let legalMoves: [String]
  /// Cards that player 0 did not see.
  public let unseenCount: Int
  /// How it ended.
  public let outcome: Outcome

  /// Reads what the game's program printed; nil where a member is missing.
  public init?(json: JSONValue, episode: Int, seed: UInt64?) {
    guard let own = json["my_card"]?.string, let opponent = json["opponent_card"]?.string,
      let moves = json["legal_moves"]?.array?.compactMap(\.string),
      let unseen = json["unseen"]?.int, let gain = json["return"]?.double
    else { return nil }
    self.episode = episode
    self.seed = seed
    ownCard = Self.isCard(own) ? own : Self.unreadableCard
    opponentCard = Self.isCard(opponent) ? opponent : Self.unreadableCard
    legalMoves = moves
    unseenCount = unseen
    outcome = gain > 0 ? .win : gain < 0 ? .loss : .tie
  }

  private static func isCard(_ text: String) -> Bool {
    text.count == 2 && "23456789TJQKA".contains(text.prefix(1))
      && "SHDC".contains(text.suffix(1))
  }

  /// The game as a trace: what may be done, what is seen, what is not, and the decision.
  public var trace: Trace {
    var meta: JSONValue = [
      "source": .string(Self.source), "game": .string(Self.game),
      "episode_index": JSONValue(episode), "my_card": .string(ownCard),
      "opponent_card": .string(opponentCard), "result": .string(outcome.rawValue),
    ]
    if let seed { meta = meta.setting("seed", to: JSONValue(seed)) }
    return Trace(
      prompt: "You play High Card Duel. You hold one card that nobody else sees, and so does your "
        + "opponent. When it is your turn, what do you do?",
      finalAnswer: "reveal",
      steps: [
        TraceStep(
          i: 0,
          type: "legal_moves",
          content: "Moves that are allowed: \(legalMoves.joined(separator: ", "))."
        ),
        TraceStep(i: 1, type: "observation", content: "My own card is \(ownCard)."),
        TraceStep(
          i: 2,
          type: "unseen",
          content: "\(unseenCount) cards are unseen; the opponent's is one of them."
        ),
        TraceStep(
          i: 3,
          type: "decision",
          content: "Revealing is the only move, so I reveal my card."
        ),
      ],
      meta: meta
    )
  }
}
