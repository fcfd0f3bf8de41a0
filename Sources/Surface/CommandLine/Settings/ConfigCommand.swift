import ArgumentParser
import Foundation
import Foundations
import Workspace

struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "See the settings: every flag's key, environment variable and value in force.",
    subcommands: [ConfigShowCommand.self]
  )
}

struct ConfigShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "List settings with their values, and where each value comes from.",
    discussion: """
      A flag on the command line wins over its environment variable, that over the workspace's \
      config.yaml, that over $XDG_CONFIG_HOME/tunix-rt/config.yaml; $TUNIX_RT_CONFIG names one file \
      instead of both. A key or variable that no verb has is an error.
      """
  )

  @Argument(help: "Only keys that begin so, such as serve or trace.import.")
  var prefix = ""

  @Flag(help: "Say where each value comes from: default, file and line, or environment variable.")
  var origin = false

  @Flag(help: "Only what somebody set.")
  var changed = false

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let words = Array(CommandLine.arguments.dropFirst())
    let resolution = try SettingResolution(
      catalogue: SettingCatalogue(RootCommand.self),
      environment: environment,
      files: try SettingResolution.files(words, environment: environment)
    )
    let settings = resolution.catalogue.settings.filter { setting in
      setting.key.hasPrefix(prefix) && (!changed || resolution.values[setting.key] != nil)
    }
    var table = origin ? TextTable("key", "value", "from") : TextTable("key", "value", "variable")
    for setting in settings {
      let value = resolution.value(of: setting)
      let text = HumanText.line(value.texts.joined(separator: ", "), width: 48)
      table.add(setting.key, text, origin ? value.origin.description : setting.variable)
    }
    options.output.show(
      table.text(orWhenEmpty: "no settings"),
      json: ["settings": .array(settings.map { Self.json(of: $0, in: resolution) })]
    )
  }

  private static func json(of setting: Setting, in resolution: SettingResolution) -> JSONValue {
    let value = resolution.value(of: setting)
    let texts = value.texts.map { JSONValue.string($0) }
    return [
      "key": .string(setting.key),
      "value": setting.isRepeating ? .array(texts) : texts.first ?? .null,
      "origin": .string(value.origin.description),
      "flag": .string("--" + setting.name),
      "variable": .string(setting.variable),
      "verb": .string(setting.verb.joined(separator: " ")),
      "help": .string(setting.help),
    ]
  }
}

extension SettingResolution {
  /// The value in force where the command line says nothing.
  func value(of setting: Setting) -> Value {
    if let value = values[setting.key] { return value }
    return Value(texts: setting.standard.isEmpty ? [] : [setting.standard], origin: .standard)
  }
}
