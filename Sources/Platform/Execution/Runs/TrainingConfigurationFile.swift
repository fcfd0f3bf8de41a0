public import Experiments
public import Foundation
public import Foundations
import Rendering
import Training
import Workspace
import Yams

/// A training configuration read from YAML (`configs/*.yaml`); an error names the line.
public struct TrainingConfigurationFile: Sendable {
  private(set) var configuration: TrainingConfiguration

  /// The model's name or path.
  public var model: String { configuration.model }
  /// The root seed.
  public var seed: UInt64 { configuration.seed }
  /// The chat template that is named in it; nil for the model's own.
  public var chatTemplate: String? { configuration.chatTemplate }
  /// What a run with it is.
  public var runKind: RunKind { configuration.finetuningType == .full ? .fullSFT : .loraSFT }
  /// Every key with its value in force.
  public var json: JSONValue { configuration.json }

  /// The names of all keys, for help texts.
  public static var keyList: String { TrainingConfiguration.keys.joined(separator: ", ") }

  /// Reads a file; `initial_adapter` and `eval_file` are taken relative to the file's folder.
  public init(_ url: URL) throws {
    configuration = try Self.read(url)
  }

  /// The same with another chat template, where one is named.
  public func using(chatTemplate name: String?) throws -> TrainingConfigurationFile {
    guard let name else { return self }
    var file = self
    file.configuration.chatTemplate = try ChatTemplate(named: name).rawValue
    return file
  }

  private static func read(_ url: URL) throws -> TrainingConfiguration {
    let mapping = try mapping(of: url)
    do {
      var configuration = try TrainingConfiguration(json: json(.mapping(mapping)))
      configuration.initialAdapter = configuration.initialAdapter.map { place($0, beside: url) }
      configuration.evalFile = configuration.evalFile.map { place($0, beside: url) }
      return configuration
    } catch {
      // The last of two equal spellings is the one that is wrong.
      let line = mapping.map(\.key).last { $0.string == error.key }?.mark?.line
      throw ExecutionError.configuration(path: url.path, line: line, reason: error.description)
    }
  }

  private static func mapping(of url: URL) throws(ExecutionError) -> Node.Mapping {
    do {
      if let mapping = try YAMLFile(at: url).mapping { return mapping }
    } catch .configuration(let path, let line, let reason) {
      throw .configuration(path: path, line: line, reason: reason)
    } catch {
      throw .configuration(path: url.path, line: nil, reason: error.description)
    }
    throw .configuration(
      path: url.path,
      line: nil,
      reason: "must be a mapping of keys to values"
    )
  }

  private static func place(_ path: String, beside file: URL) -> String {
    guard !path.hasPrefix("/") else { return path }
    return file.deletingLastPathComponent().appending(path: path).standardizedFileURL.path
  }

  private static func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      .object(
        mapping.map { JSONValue.Member(key: $0.key.string ?? "", value: json($0.value)) }
      )
    case .sequence(let sequence): .array(sequence.map(json))
    case .scalar(let scalar): json(scalar)
    case .alias: .null
    }
  }

  /// Plain scalars by YAML 1.2's core schema; what is quoted is a text.
  private static func json(_ scalar: Node.Scalar) -> JSONValue {
    let text = scalar.string
    guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: break
    }
    if let whole = Int(text) { return JSONValue(whole) }
    if let number = Double(text), number.isFinite { return JSONValue(number) }
    return .string(text)
  }
}
