import ArgumentParser
import Datasets
import Execution
import Foundations
import Rendering
import Workspace

struct DatasetPreviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show what a model will see of one row: every token, and which ones are learned.",
    discussion: """
      Learned tokens stand between ⟦ and ⟧. Without options the row is written as runs write it. \
      Rows longer than --max-length are an error in training unless truncation is asked for; \
      here the tokens that a cut would take are counted.
      """
  )

  @Argument(help: "The dataset's key.")
  var key: String

  @Option(help: "A model's name, a promoted model (name@alias), or a path.")
  var model: String

  @Option(help: "Which row, from 0.")
  var index = 0

  @Option(help: "Only this side: train or test.")
  var split: SplitName?

  @Option(help: "The most tokens of a row (default: the training's own).")
  var maxLength: Int?

  @OptionGroup var texts: TextOptions
  @OptionGroup var template: TemplateOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard index >= 0 else { throw ValidationError("--index takes 0 or more") }
    guard maxLength ?? 1 > 0 else { throw ValidationError("--max-length takes 1 or more") }
  }

  func run() async throws {
    let workspace = try options.openWorkspace()
    var preview = DatasetPreview()
    preview.maxLength = maxLength
    preview.rendering = texts.rendering(default: preview.rendering)
    let json = try preview.json(
      of: key,
      at: index,
      in: split?.split,
      model: try template.applied(to: try options.model(model)),
      workspace: workspace
    )
    options.output.show(Self.text(of: json), json: json)
  }

  /// The facts, the text with its learned parts marked, and the last learned tokens.
  private static func text(of json: JSONValue) -> String {
    var sheet = FactSheet()
    let place = json["position"]?.int.map { "\($0)" }
    sheet.add("row", place.map { "\($0) (\(json["split"]?.string ?? ""))" })
    for key in ["trace_id", "chat_template", "instruction", "reasoning_style"] {
      sheet.add(key.replacing("_", with: " "), json[key]?.string)
    }
    let counts = json["counts"]
    func count(_ key: String) -> Int { counts?[key]?.int ?? 0 }
    sheet.add("tokens", "\(count("tokens")), \(count("supervised")) of them learned")
    sheet.add(
      "longest",
      "\(count("max_length")); "
        + (count("dropped") == 0
          ? "nothing is cut"
          : "a cut takes \(count("dropped")), \(count("dropped_supervised")) of them learned")
    )
    let last = (json["last_supervised"]?.array ?? []).map { token in
      "\(token["token"]?.string.map { JSONValue($0).compact } ?? "") (\(token["id"]?.int ?? 0))"
    }
    sheet.add("last learned", last.joined(separator: " "))
    return sheet.text + "\n\n" + marked(json["tokens"]?.array ?? [])
  }

  private static func marked(_ tokens: [JSONValue]) -> String {
    var text = ""
    var isLearned = false
    for token in tokens {
      let learned = token["supervised"]?.bool == true
      if learned != isLearned { text += learned ? "⟦" : "⟧" }
      isLearned = learned
      text += token["token"]?.string ?? ""
    }
    return text + (isLearned ? "⟧" : "")
  }
}
