import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Foundations
import Judging
import Workspace

struct RunShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a run: what was asked, the scores, and some or all judged replies."
  )

  @Argument(help: "The run's id, or its unique beginning.")
  var id: String

  @Option(help: "How many judged replies are printed for people; --json prints all.")
  var items = 0

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().runs
    let run = try library.show(id)
    let judged = try library.items(of: run.id)
    let manifest = try library.manifest(of: run.id)
    let scores = RunScores(of: judged)
    let folder = library.folder(of: run.id).path
    var sheet = Self.facts(of: run, manifest: manifest)
    sheet.add("strict", scores.sentence(.strict))
    sheet.add("lenient", scores.sentence(.lenient))
    for member in run.metrics?.object ?? [] {
      sheet.add(member.key, HumanText.metric(member.key, member.value))
    }
    sheet.add("folder", folder)
    let replies = judged.prefix(max(0, items)).map(Self.text)
    options.output.show(
      ([sheet.text] + replies).joined(separator: "\n\n"),
      json: run.json
        .setting("scores", to: scores.json)
        .setting("manifest", to: manifest?.json ?? .null)
        .setting("folder", to: .string(folder))
        .setting("items", to: .array(judged.map(\.json)))
    )
  }

  private static func facts(of run: Run, manifest: RunManifest?) -> FactSheet {
    let specification = run.specification
    let generation = specification.generation
    var sheet = FactSheet()
    sheet.add("run", run.id.text)
    sheet.add("kind", specification.kind.rawValue)
    sheet.add("status", run.status.state.rawValue)
    sheet.add("message", run.status.message)
    sheet.add("model", specification.model)
    sheet.add("model sha256", manifest?.modelHash.hex)
    sheet.add("dataset", specification.datasetKey)
    sheet.add("dataset sha256", run.datasetHash.hex)
    sheet.add("judge", specification.judge.description)
    sheet.add("base run", specification.baseRunID?.text)
    sheet.add(
      "generation",
      "greedy, at most \(generation.maxNewTokens) new tokens, batch \(generation.batchSize)"
    )
    sheet.add("training", specification.training.map(HumanText.settings))
    sheet.add("seed", "\(specification.seed)")
    if let compute = manifest?.compute {
      sheet.add(
        "computed on",
        "\(compute.cpu), \(compute.isa), \(compute.dtype), "
          + "\(compute.threads) threads"
      )
    }
    sheet.add("source", manifest?.sourceRevision)
    sheet.add("created", HumanText.time(run.createdAt))
    sheet.add("took", run.durationSeconds.map(HumanText.duration))
    return sheet
  }

  private static func text(of item: RunItem) -> String {
    var sheet = FactSheet()
    sheet.add("item", "\(HumanText.short(item.itemID))  \(item.category ?? "")")
    sheet.add("prompt", item.prompt)
    sheet.add("reply", item.prediction)
    sheet.add("expected", item.expected)
    sheet.add(
      "judged",
      "strict \(item.judgement.strict.rawValue), "
        + "lenient \(item.judgement.lenient.rawValue): \(item.judgement.reason)"
    )
    sheet.add("ended", "\(item.finishReason), \(item.newTokens) tokens")
    return sheet.text
  }
}
