public import Foundations

/// What a checkpoint belongs to: going on with anything else would not be the same run.
public struct CheckpointOrigin: Sendable, Hashable {
  /// The configuration's keys and values.
  public let configuration: JSONValue
  /// Everything else that the result depends on, by name: hashes of files, the number format.
  public let facts: [String: String]

  /// Keys that no result depends on, or whose files are compared by content instead.
  static let neutralKeys: Set<String> = [
    "save_steps", "save_total_limit", "gradient_checkpointing", "max_memory_gb", "model",
    "initial_adapter", "eval_file",
  ]

  /// What a run belongs to.
  public init(configuration: TrainingConfiguration, facts: [String: String]) {
    self.configuration = configuration.json
    self.facts = facts
  }

  init?(json: JSONValue) {
    guard let configuration = json["configuration"], configuration.object != nil,
      let facts = json["facts"]?.object
    else { return nil }
    self.configuration = configuration
    self.facts = Dictionary(
      facts.map { ($0.key, $0.value.string ?? $0.value.compact) },
      uniquingKeysWith: { $1 }
    )
  }

  /// The hash of the keys that results depend on.
  var configurationHash: ContentHash {
    let members = (configuration.object ?? []).filter { !Self.neutralKeys.contains($0.key) }
    return ContentHash(ofCanonical: .object(members))
  }

  var json: JSONValue {
    let sorted = facts.sorted { $0.key < $1.key }
    return [
      "configuration": configuration,
      "configuration_sha256": .string(configurationHash.hex),
      "facts": .object(sorted.map { JSONValue.Member(key: $0.key, value: .string($0.value)) }),
    ]
  }

  /// What differs from a checkpoint's origin, one sentence each, in the order of the keys.
  func differences(from checkpoint: CheckpointOrigin) -> [String] {
    var result: [String] = []
    for key in TrainingConfiguration.keys where !Self.neutralKeys.contains(key) {
      let old = checkpoint.configuration[key] ?? .null
      let new = configuration[key] ?? .null
      if !Self.isSame(old, new) {
        result.append("\(key) is \(new.compact) and was \(old.compact)")
      }
    }
    for key in Set(facts.keys).union(checkpoint.facts.keys).sorted()
    where facts[key] != checkpoint.facts[key] {
      result.append(
        "\(key) is \(facts[key] ?? "absent") and was \(checkpoint.facts[key] ?? "absent")"
      )
    }
    return result
  }

  /// Numbers are equal by value: 1 and 1.0 are one setting.
  private static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let x = a.double, let y = b.double { return x == y }
    return a == b
  }
}
