public import Foundations

/// The named random streams of a run: everything random that a training draws, from one root seed.
///
/// A stream's state is sha256(seed as 8 little-endian bytes ‖ name as UTF-8), the generator is
/// xoshiro256** (see `RandomStream`), and every draw begins a stream of its own name. So nothing has
/// to be carried from step to step, and a resumed run draws what the uninterrupted one draws.
public struct RandomStreams: Sendable, Hashable {
  /// The root seed.
  public let seed: UInt64

  /// The streams of a seed.
  public init(seed: UInt64) {
    self.seed = seed
  }

  /// The stream that a fresh adapter's A matrices are drawn from, in the order of the layers.
  public var loraInit: RandomStream { RandomStream(seed: seed, name: "lora_init") }

  /// The stream that orders an epoch's rows (or packed rows), counted from 0.
  public func shuffle(epoch: Int) -> RandomStream {
    RandomStream(seed: seed, name: "shuffle/epoch-\(epoch)")
  }

  /// The seed of the dropout masks of one forward pass, both counted from 0: the stream's first draw.
  public func dropoutSeed(step: Int, pass: Int) -> UInt64 {
    var stream = RandomStream(seed: seed, name: "dropout/step-\(step)/pass-\(pass)")
    return stream.next()
  }

  /// Where a group of rows stands in the order in which groups are held out: the stream's first draw.
  public func holdOutRank(group: String) -> UInt64 {
    var stream = RandomStream(seed: seed, name: "eval_split/" + group)
    return stream.next()
  }

  /// Each stream's name and what is drawn from it, for a run's manifest.
  public var json: JSONValue {
    [
      "root_seed": JSONValue(seed),
      "generator": "xoshiro256** from sha256(seed as 8 little-endian bytes, name as UTF-8)",
      "streams": [
        ["name": "lora_init", "use": "A of a fresh adapter, layer by layer: (2u - 1) / sqrt(in)"],
        ["name": "shuffle/epoch-{epoch}", "use": "Fisher-Yates order of an epoch's rows, from 0"],
        [
          "name": "dropout/step-{step}/pass-{pass}",
          "use": "first draw is the seed of a forward pass's dropout masks, both from 0",
        ],
        ["name": "eval_split/{group}", "use": "first draw ranks a group; the lowest are held out"],
        ["name": "sampling/{item}", "use": "sampled generation; greedy answers draw nothing"],
      ],
    ]
  }
}
