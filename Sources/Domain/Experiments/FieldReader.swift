import Foundation
import Foundations
import Judging

/// Reads the fields of one JSON object and says exactly which one is wrong.
struct FieldReader {
  let json: JSONValue
  let path: String

  init(_ json: JSONValue, path: String = "") throws(ExperimentError) {
    guard json.object != nil else {
      throw .badField(path: path.isEmpty ? "/" : path, expected: "object", found: json.kind)
    }
    (self.json, self.path) = (json, path)
  }

  /// Refuses a field whose name is not in the list.
  func allowOnly(_ known: [String]) throws(ExperimentError) {
    for member in json.object ?? [] where !known.contains(member.key) {
      throw .unknownField(path: "\(path)/\(member.key)", known: known)
    }
  }

  /// The field read by `read`, or an error that names it.
  func field<Value>(
    _ name: String,
    _ expected: String,
    _ read: (JSONValue) -> Value?
  )
    throws(ExperimentError) -> Value
  {
    let found = json[name]
    guard let value = found.flatMap(read) else {
      throw .badField(
        path: "\(path)/\(name)",
        expected: expected,
        found: found.map(Self.short) ?? "nothing"
      )
    }
    return value
  }

  /// The field read by `read`, or nil where it is null or absent.
  func optional<Value>(
    _ name: String,
    _ expected: String,
    _ read: (JSONValue) -> Value?
  )
    throws(ExperimentError) -> Value?
  {
    guard let found = json[name], !found.isNull else { return nil }
    return try field(name, expected, read)
  }

  func string(_ name: String) throws(ExperimentError) -> String {
    try field(name, "string") { $0.string }
  }

  func int(_ name: String) throws(ExperimentError) -> Int {
    try field(name, "whole number") { $0.int }
  }

  func unsigned(_ name: String) throws(ExperimentError) -> UInt64 {
    try field(name, "whole number from 0") { value in
      if case .number(let number) = value { UInt64(number.literal) } else { nil }
    }
  }

  func number(_ name: String) throws(ExperimentError) -> Double {
    try field(name, "number") { $0.double }
  }

  func hash(_ name: String) throws(ExperimentError) -> ContentHash {
    try field(name, "sha256") { $0.string.flatMap(ContentHash.init(hex:)) }
  }

  func date(_ name: String) throws(ExperimentError) -> Date {
    try field(name, "ISO 8601 time") { $0.string.flatMap(Timestamp.date(from:)) }
  }

  func judge(_ name: String) throws(ExperimentError) -> JudgeIdentity {
    try field(name, "judge such as answer_correctness@v2") { value in
      let parts = (value.string ?? "").split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      return JudgeIdentity(name: String(parts[0]), version: String(parts[1]))
    }
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.compact
    return text.count > 60 ? "\(text.prefix(60))…" : text
  }
}
