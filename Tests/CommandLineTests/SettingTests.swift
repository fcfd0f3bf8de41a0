import ArgumentParser
import Foundation
import TestSupport
import Testing
import Workspace

@testable import CommandLine

/// Settings from the environment and from files.
struct SettingTests {
  let folder: ScratchFolder
  let catalogue: SettingCatalogue

  init() throws {
    folder = try ScratchFolder()
    catalogue = try SettingCatalogue(RootCommand.self)
  }

  private func resolution(
    _ environment: [String: String] = [:],
    _ texts: String...
  ) throws -> SettingResolution {
    let files = try texts.enumerated().compactMap { place, text in
      try SettingsFile(at: folder.write(text, to: "\(place).yaml"))
    }
    return try SettingResolution(catalogue: catalogue, environment: environment, files: files)
  }

  @Test func `every flag has a key and a variable of its own`() {
    let settings = catalogue.settings

    #expect(settings.count > 50)
    #expect(Set(settings.map(\.key)).count == settings.count)
    #expect(Set(settings.map(\.variable)).count == settings.count)
    #expect(settings.contains { $0.key == "serve.port" && $0.variable == "TUNIX_RT_SERVE_PORT" })
    #expect(settings.contains { $0.key == "workspace" && $0.variable == "TUNIX_RT_WORKSPACE" })
  }

  @Test
  func `the command line wins over the environment, that over files, a later over an earlier`()
    throws
  {
    let files = [
      "serve:\n  port: 1\n  host: a\n  grace_seconds: 5\n", "serve:\n  host: b\n  port: 2\n",
    ]
    let resolution = try resolution(["TUNIX_RT_SERVE_PORT": "3"], files[0], files[1])

    let words = try resolution.completed(["serve", "--host", "c"])

    #expect(words == ["serve", "--port=3", "--grace-seconds=5", "--host", "c"])
    #expect(resolution.values["serve.port"]?.origin == .environment("TUNIX_RT_SERVE_PORT"))
  }

  @Test func `a flag is true or false, and a list is several words`() throws {
    let resolution = try resolution(
      ["TUNIX_RT_JSON": "true"],
      "serve: {allow_host: [a, b]}\nconfig: {show: {origin: false}}\n"
    )

    let words = try resolution.completed(["serve"])

    #expect(Set(words) == ["serve", "--allow-host=a", "--allow-host=b", "--json"])
    #expect(words.count == 4)
    #expect(try resolution.completed(["config", "show"]) == ["config", "show", "--json"])
    #expect(throws: InputError.self) {
      try self.resolution(["TUNIX_RT_JSON": "yes"]).completed(["serve"])
    }
  }

  @Test func `what a completed command line says is what the verb gets`() throws {
    let resolution = try resolution(["TUNIX_RT_SERVE_PORT": "9001"], "serve: {host: localhost}")

    let command = try RootCommand.parseAsRoot(try resolution.completed(["serve"])) as? ServeCommand

    #expect(command?.port == 9001)
    #expect(command?.host == "localhost")
  }

  @Test func `an unknown key names its file, its line and a likely one`() throws {
    let error = #expect(throws: InputError.self) {
      try resolution([:], "serve:\n  host: a\n  prot: 1\n")
    }

    #expect(error?.text.contains("0.yaml:3") == true)
    #expect(error?.text.contains("serve.prot") == true)
    #expect(error?.text.contains("did you mean serve.port") == true)
  }

  @Test func `an unknown variable is an error, those of tests are not`() throws {
    #expect(throws: InputError.self) { try resolution(["TUNIX_RT_SERVE_PROT": "1"]) }
    #expect(try resolution(["TUNIX_RT_TEST_MODEL": "x", "HOME": "y"]).values.isEmpty)
  }

  @Test(arguments: [
    "serve: [1", "- a", "serve: {port: {a: 1}}", "a: 1\na: 2", "serve: {port: [[1]]}",
  ])
  func `a file that is no mapping of settings is refused`(text: String) {
    #expect(throws: (any Error).self) { try resolution([:], text) }
  }

  @Test func `an empty file sets nothing`() throws {
    #expect(try resolution([:], "", "# nothing\n").values.isEmpty)
  }
}
