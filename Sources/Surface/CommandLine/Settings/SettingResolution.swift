import Foundation
import Workspace

/// What the environment and the configuration files set; the command line wins over the
/// environment, the environment over files, the workspace's file over the person's.
struct SettingResolution {
  struct Value: Hashable {
    let texts: [String]
    let origin: SettingOrigin
  }

  let catalogue: SettingCatalogue
  /// The values that somebody set, by key.
  let values: [String: Value]

  /// Variables of this program that are no settings.
  private static let otherVariables: Set = ["TUNIX_RT_CONFIG", "TUNIX_RT_UNGAR_PYTHON"]
  /// Beginnings of variables that tests and scripts use.
  private static let foreignPrefixes = ["TUNIX_RT_TEST_", "TUNIX_RT_SHOW_", "TUNIX_RT_CI_"]

  /// Reads everything; a key or variable that means nothing is an error.
  init(
    catalogue: SettingCatalogue,
    environment: [String: String],
    files: [SettingsFile]
  ) throws {
    var values: [String: Value] = [:]
    let byKey = Dictionary(catalogue.settings.map { ($0.key, $0) }) { first, _ in first }
    for file in files {
      for entry in file.entries {
        let origin = SettingOrigin.file(path: file.path, line: entry.line)
        guard let setting = byKey[entry.key] else {
          throw InputError(
            text: "\(origin): there is no setting \(entry.key)"
              + Self.hint(entry.key, among: Array(byKey.keys))
          )
        }
        values[setting.key] = Value(texts: entry.values, origin: origin)
      }
    }
    let byVariable = Dictionary(catalogue.settings.map { ($0.variable, $0) }) { first, _ in first }
    for (name, text) in environment where Self.isOurs(name) {
      guard let setting = byVariable[name] else {
        throw InputError(
          text: "environment: there is no setting \(name)"
            + Self.hint(name, among: Array(byVariable.keys))
        )
      }
      values[setting.key] = Value(texts: [text], origin: .environment(name))
    }
    self.catalogue = catalogue
    self.values = values
  }

  /// The words of a command line with what was set elsewhere put in after the verb.
  func completed(_ words: [String]) throws -> [String] {
    let verb = catalogue.verb(in: words)
    guard !verb.isEmpty else { return words }
    let rest = Array(words.dropFirst(verb.count))
    let added = try catalogue.settings(of: verb).flatMap { setting -> [String] in
      guard let value = values[setting.key], !setting.isSet(in: rest) else { return [] }
      return try setting.words(for: value.texts, from: value.origin)
    }
    return verb + added + rest
  }

  /// Whether a variable's name says that it is a setting of this program.
  static func isOurs(_ name: String) -> Bool {
    name.hasPrefix("TUNIX_RT_") && !otherVariables.contains(name)
      && !foreignPrefixes.contains { name.hasPrefix($0) }
  }

  private static func hint(_ name: String, among names: [String]) -> String {
    let near = names.map { ($0, distance(name, $0)) }.min { $0.1 < $1.1 }
    guard let near, near.1 <= 4 else { return "; see all with: tunix-rt config show" }
    return "; did you mean \(near.0)?"
  }

  /// How many characters must be put in, left out or replaced to get from one text to the other.
  private static func distance(_ left: String, _ right: String) -> Int {
    let other = Array(right.unicodeScalars)
    var row = Array(0...other.count)
    for (i, scalar) in left.unicodeScalars.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, candidate) in other.enumerated() {
        let changed = diagonal + (scalar == candidate ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[other.count]
  }
}

extension SettingResolution {
  /// Completes the words that the process was started with.
  ///
  /// Where no variable and no file sets anything, the words are as they were, at no cost.
  static func completedWords(
    _ words: [String],
    environment: [String: String]
  ) throws -> [String] {
    // The workspace verb's own option reads this variable already.
    let isSet = environment.keys.contains { isOurs($0) && $0 != "TUNIX_RT_WORKSPACE" }
    let files = try files(words, environment: environment)
    guard isSet || files.contains(where: { !$0.entries.isEmpty }) else { return words }
    return try SettingResolution(
      catalogue: SettingCatalogue(RootCommand.self),
      environment: environment,
      files: files
    ).completed(words)
  }

  /// The configuration files of a command line's workspace that are there.
  static func files(
    _ words: [String],
    environment: [String: String]
  ) throws -> [SettingsFile] {
    var named: String?
    for (place, word) in words.enumerated() {
      if word.hasPrefix("--workspace=") { named = String(word.dropFirst(12)) }
      if word == "--workspace", place + 1 < words.count { named = words[place + 1] }
    }
    let workspace = WorkspaceFolder.location(named: named, environment: environment)
    return try SettingsFile.locations(environment: environment, workspace: workspace)
      .compactMap { try SettingsFile(at: $0) }
  }
}
