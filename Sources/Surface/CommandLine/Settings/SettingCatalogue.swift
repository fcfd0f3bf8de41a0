import ArgumentParser
import Foundations

/// Every setting of every verb, read off the command types themselves, so that none is forgotten.
struct SettingCatalogue: Sendable {
  let settings: [Setting]
  /// The verbs that take settings.
  let verbs: [[String]]

  /// The flags that every verb has: their keys and variables have no verb.
  static let shared: Set = ["workspace", "json"]
  private static let unsettable: Set = ["help", "version", "generate-completion-script"]

  init(_ root: any ParsableCommand.Type) throws {
    let json = try JSONValue(parsing: root._dumpHelp())
    var settings: [Setting] = []
    var verbs: [[String]] = []
    Self.read(json["command"] ?? .null, verb: [], into: &settings, &verbs)
    self.settings = settings
    self.verbs = verbs
  }

  /// The settings of one verb, those that all verbs have included.
  func settings(of verb: [String]) -> [Setting] {
    settings.filter { $0.verb == verb || $0.verb.isEmpty }
  }

  /// The longest verb that words begin with.
  func verb(in words: [String]) -> [String] {
    verbs.filter { words.starts(with: $0) }.max { $0.count < $1.count } ?? []
  }

  private static func read(
    _ command: JSONValue,
    verb: [String],
    into settings: inout [Setting],
    _ verbs: inout [[String]]
  ) {
    let children = (command["subcommands"]?.array ?? []).filter {
      $0["commandName"]?.string != "help"
    }
    for child in children {
      let name = child["commandName"]?.string ?? ""
      read(child, verb: verb + [name], into: &settings, &verbs)
    }
    guard children.isEmpty else { return }
    verbs.append(verb)
    for argument in command["arguments"]?.array ?? [] {
      guard let setting = setting(argument, verb: verb) else { continue }
      if !settings.contains(where: { $0.key == setting.key }) { settings.append(setting) }
    }
  }

  private static func setting(_ argument: JSONValue, verb: [String]) -> Setting? {
    guard let kind = argument["kind"]?.string, kind != "positional" else { return nil }
    let names = (argument["names"]?.array ?? []).compactMap { name -> String? in
      guard let text = name["name"]?.string else { return nil }
      return (name["kind"]?.string == "long" ? "--" : "-") + text
    }
    let setting = Setting(
      verb: verb,
      spellings: names,
      takesValue: kind == "option",
      isRepeating: argument["isRepeating"]?.bool ?? false,
      standard: argument["defaultValue"]?.string ?? (kind == "flag" ? "false" : ""),
      help: argument["abstract"]?.string ?? ""
    )
    guard !unsettable.contains(setting.name), !setting.name.isEmpty else { return nil }
    guard shared.contains(setting.name) else { return setting }
    return Setting(
      verb: [],
      spellings: names,
      takesValue: setting.takesValue,
      isRepeating: setting.isRepeating,
      standard: setting.standard,
      help: setting.help
    )
  }
}
