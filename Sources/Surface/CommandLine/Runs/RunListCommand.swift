import ArgumentParser
import Evaluation
import Experiments
import Foundations
import Judging
import Workspace

struct RunListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List runs, the newest first."
  )

  @Option(help: ArgumentHelp("Only runs on this dataset.", valueName: "key"))
  var dataset: String?

  @OptionGroup var page: PageOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let library = try options.openWorkspace().runs
    let runs = try library.list(datasetKey: dataset, limit: page.limit, offset: page.offset)
    let total = dataset == nil ? try library.count() : runs.count
    var table = TextTable(
      "run",
      "kind",
      "status",
      "model",
      "dataset",
      ">strict",
      ">lenient",
      ">time",
      "created"
    )
    for run in runs {
      let scores = RunScores(of: try library.items(of: run.id))
      table.add(
        HumanText.short(run.id.text),
        run.specification.kind.rawValue,
        run.status.state.rawValue,
        run.specification.model,
        run.specification.datasetKey,
        scores.text(.strict),
        scores.text(.lenient),
        run.durationSeconds.map(HumanText.duration) ?? "",
        HumanText.time(run.createdAt)
      )
    }
    options.output.show(
      table.text(orWhenEmpty: "no runs") + page.footer(shown: runs.count, of: total),
      json: ["runs": .array(runs.map(\.json)), "total": JSONValue(total)]
    )
  }
}

/// The accuracy of a run under both rules.
struct RunScores {
  let strict: Accuracy
  let lenient: Accuracy

  init(of items: [RunItem]) {
    strict = Accuracy(of: items.map(\.judgement.strict))
    lenient = Accuracy(of: items.map(\.judgement.lenient))
  }

  /// The accuracy as people read it; empty where nothing was judged.
  func text(_ rule: OutcomeRule) -> String {
    let accuracy = accuracy(rule)
    return accuracy.total == 0 ? "" : HumanText.percent(accuracy.value)
  }

  /// The accuracy with its counts and its interval.
  func sentence(_ rule: OutcomeRule) -> String? {
    let accuracy = accuracy(rule)
    guard accuracy.total > 0 else { return nil }
    let (lower, upper) = (accuracy.interval.lower, accuracy.interval.upper)
    return "\(HumanText.percent(accuracy.value)) (\(accuracy.correct) of \(accuracy.total), "
      + "95 % interval \(HumanText.percent(lower)) to \(HumanText.percent(upper)); "
      + "\(accuracy.unparseable) unparseable)"
  }

  /// Both accuracies as JSON; null where nothing was judged.
  var json: JSONValue {
    guard strict.total > 0 else { return .null }
    return ["strict": Self.json(of: strict), "lenient": Self.json(of: lenient)]
  }

  private func accuracy(_ rule: OutcomeRule) -> Accuracy {
    rule == .strict ? strict : lenient
  }

  private static func json(of accuracy: Accuracy) -> JSONValue {
    [
      "accuracy": JSONValue(accuracy.value),
      "correct": JSONValue(accuracy.correct),
      "total": JSONValue(accuracy.total),
      "unparseable": JSONValue(accuracy.unparseable),
      "interval": [JSONValue(accuracy.interval.lower), JSONValue(accuracy.interval.upper)],
    ]
  }
}
