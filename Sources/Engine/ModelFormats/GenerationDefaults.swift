import Foundation
public import Foundations

/// How a model's makers suggest to generate with it: `generation_config.json` of a Hugging Face
/// folder, or `general.sampling.…` of a GGUF file.
///
/// What the file leaves out is nil; nothing here is a decision of this program.
public struct GenerationDefaults: Hashable, Sendable {
  /// Whether to sample; nil where the file does not say (the field's habit is then greedy).
  public var samples: Bool?
  /// What logits are divided by before the softmax; above 0.
  public var temperature: Double?
  /// How many of the likeliest tokens stay in the draw; 0 or nil: all.
  public var topK: Int?
  /// The share of probability that stays in the draw, from 0 to 1.
  public var topP: Double?
  /// The least probability, relative to the likeliest token's, that stays in the draw.
  public var minP: Double?
  /// What logits of tokens that stand in the text already are divided by; 1: nothing.
  public var repetitionPenalty: Double?
  /// The tokens that end a text or turn.
  public var eosTokenIDs: [Int] = []
  /// The token that starts a text.
  public var bosTokenID: Int?
  /// The token that fills rows.
  public var paddingTokenID: Int?

  /// Nothing suggested.
  public init() {}
}

extension GenerationDefaults {
  /// Reads `generation_config.json`; `path` names the file in error texts.
  public init(huggingFace document: JSONValue, path: String) throws(FormatError) {
    let settings = SettingReader(path: path) { document[$0] }
    samples = settings.value("do_sample")?.bool
    temperature = try settings.share("temperature", atMost: .greatestFiniteMagnitude)
    topK = try settings.size("top_k")
    topP = try settings.share("top_p", atMost: 1)
    minP = try settings.share("min_p", atMost: 1)
    repetitionPenalty = try settings.share(
      "repetition_penalty",
      atMost: .greatestFiniteMagnitude
    )
    eosTokenIDs = try settings.tokenIDs("eos_token_id")
    bosTokenID = try settings.tokenIDs("bos_token_id").first
    paddingTokenID = try settings.tokenIDs("pad_token_id").first
  }

  /// Reads the metadata of a GGUF file; its tokens are those of `configuration`.
  init(
    gguf file: GGUFFile,
    _ configuration: DecoderConfiguration
  ) throws(FormatError) {
    var settings = SettingReader(path: file.path) { file.metadata[$0]?.json }
    settings.prefix = "general.sampling."
    temperature = try settings.share("temp", atMost: .greatestFiniteMagnitude)
    topK = try settings.size("top_k")
    topP = try settings.share("top_p", atMost: 1)
    minP = try settings.share("min_p", atMost: 1)
    repetitionPenalty = try settings.share("penalty_repeat", atMost: .greatestFiniteMagnitude)
    eosTokenIDs = configuration.eosTokenIDs
    bosTokenID = configuration.bosTokenID
    paddingTokenID = configuration.paddingTokenID
  }

  /// The document that `init(huggingFace:path:)` reads.
  var document: JSONValue {
    var members: JSONValue = .object([])
    func put(_ key: String, _ value: JSONValue?) {
      if let value { members = members.setting(key, to: value) }
    }
    put("bos_token_id", bosTokenID.map { JSONValue($0) })
    if let only = eosTokenIDs.first {
      put(
        "eos_token_id",
        eosTokenIDs.count == 1 ? JSONValue(only) : .array(eosTokenIDs.map { JSONValue($0) })
      )
    }
    put("pad_token_id", paddingTokenID.map { JSONValue($0) })
    put("do_sample", samples.map { JSONValue($0) })
    put("temperature", temperature.map { JSONValue($0) })
    put("top_k", topK.map { JSONValue($0) })
    put("top_p", topP.map { JSONValue($0) })
    put("min_p", minP.map { JSONValue($0) })
    put("repetition_penalty", repetitionPenalty.map { JSONValue($0) })
    return members
  }
}

extension SettingReader {
  /// A finite number from 0 to `most`, or nil.
  fileprivate func share(_ key: String, atMost most: Double) throws(FormatError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value.double, number.isFinite, (0...most).contains(number) else {
      throw wrong(key, most == 1 ? "a number from 0 to 1" : "a number from 0 on", value)
    }
    return number
  }

  /// A whole number from 0 on, or nil.
  fileprivate func size(_ key: String) throws(FormatError) -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int, number >= 0 else {
      throw wrong(key, "a whole number from 0 on", value)
    }
    return number
  }
}
