import ArgumentParser
import Foundation
import Foundations

/// One flag of one verb, which may also be set by an environment variable or in a file.
struct Setting: Hashable, Sendable {
  /// The verb: `["trace", "import"]`; empty for a flag that every verb has.
  let verb: [String]
  /// All spellings with their dashes: `["--port", "-p"]`.
  let spellings: [String]
  /// Whether it takes a value.
  let takesValue: Bool
  /// Whether it may be given several times.
  let isRepeating: Bool
  /// The value where nobody sets one; empty for none.
  let standard: String
  /// What it does.
  let help: String

  /// The flag without its dashes.
  var name: String {
    let long = spellings.first { $0.hasPrefix("--") && !$0.hasPrefix("--no-") }
    return String((long ?? spellings.first ?? "").drop { $0 == "-" })
  }

  /// The key in a configuration file: `trace.import.skip_invalid`.
  var key: String {
    (verb + [name]).map { $0.replacing("-", with: "_") }.joined(separator: ".")
  }

  /// The environment's twin: `TUNIX_RT_TRACE_IMPORT_SKIP_INVALID`.
  var variable: String {
    "TUNIX_RT_" + key.uppercased().replacing(".", with: "_")
  }

  /// The words of the command line that say this value.
  func words(for values: [String], from origin: SettingOrigin) throws -> [String] {
    guard isRepeating || values.count == 1 else {
      throw InputError(text: "\(origin): \(key) takes one value, not \(values.count)")
    }
    let flag = "--" + name
    if takesValue { return values.map { "\(flag)=\($0)" } }
    guard let value = values.first, ["true", "false"].contains(value) else {
      throw InputError(
        text: "\(origin): \(key) is true or false, not \(values.joined(separator: ", "))"
      )
    }
    let opposite = "--no-" + name
    if value == "true" { return [flag] }
    return spellings.contains(opposite) ? [opposite] : []
  }

  /// Whether words of the command line set it.
  func isSet(in words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains { word in
      spellings.contains { word == $0 || ($0.hasPrefix("--") && word.hasPrefix($0 + "=")) }
    }
  }
}

/// Where a setting's value comes from.
enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
  case standard
  case file(path: String, line: Int)
  case environment(String)
  case commandLine

  var description: String {
    switch self {
    case .standard: "default"
    case .file(let path, let line): "\(path):\(line)"
    case .environment(let name): "environment \(name)"
    case .commandLine: "command line"
    }
  }
}
