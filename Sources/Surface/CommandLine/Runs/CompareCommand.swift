import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Foundations
import Judging
import Workspace

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two runs item by item, and keep the comparison as evidence.",
    discussion: """
      Both runs must have answered the same items of the same dataset with the same judge. The \
      exact McNemar test on the lenient outcome is the test of record. delta_report.md is written \
      into the trained run's folder.
      """
  )

  @Argument(help: "The base run's id, or its unique beginning.")
  var base: String

  @Argument(help: "The trained run's id, or its unique beginning.")
  var trained: String

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let outcome = try options.openWorkspace().comparisons.compare(base: base, trained: trained)
    let verdict = outcome.report.verdict
    options.output.show(
      Self.text(of: outcome),
      json: outcome.comparison.json
        .setting("verdict", to: .string(verdict))
        .setting("report", to: .string(outcome.reportFile.path))
    )
  }

  private static func text(of outcome: RunComparison) -> String {
    let comparison = outcome.comparison.comparison
    var sheet = FactSheet()
    sheet.add("base", "\(outcome.base.id)  \(outcome.base.specification.model)")
    sheet.add("trained", "\(outcome.trained.id)  \(outcome.trained.specification.model)")
    sheet.add("dataset", outcome.comparison.datasetKey)
    sheet.add("judge", outcome.comparison.judge.description)
    sheet.add("items", comparison.items.count)
    return [
      sheet.text, table(of: comparison), categories(of: comparison), outcome.report.verdict,
      "report: \(outcome.reportFile.path)",
    ].joined(separator: "\n\n")
  }

  private static func table(of comparison: PairedComparison) -> String {
    var table = TextTable(
      "outcome",
      ">base",
      "base 95 %",
      ">trained",
      "trained 95 %",
      ">delta",
      ">fixed",
      ">broken",
      ">both right",
      ">both wrong",
      ">p"
    )
    for rule in OutcomeRule.allCases {
      let block = comparison.block(rule)
      table.add(
        rule.rawValue,
        HumanText.percent(block.baseAccuracy),
        interval(of: block.base),
        HumanText.percent(block.trainedAccuracy),
        interval(of: block.trained),
        HumanText.points(block.delta),
        "\(block.fixed)",
        "\(block.broken)",
        "\(block.bothRight)",
        "\(block.bothWrong)",
        HumanText.pValue(block.pValue)
      )
    }
    return table.text(orWhenEmpty: "")
  }

  private static func interval(of accuracy: Accuracy) -> String {
    let (lower, upper) = (accuracy.interval.lower * 100, accuracy.interval.upper * 100)
    return "\(HumanText.fixed(lower, 1))–\(HumanText.fixed(upper, 1))"
  }

  private static func categories(of comparison: PairedComparison) -> String {
    var table = TextTable(
      "category",
      ">items",
      ">base lenient",
      ">trained lenient",
      ">fixed",
      ">broken"
    )
    for category in comparison.categories {
      let block = category.lenient
      table.add(
        category.name,
        "\(block.base.total)",
        HumanText.percent(block.baseAccuracy),
        HumanText.percent(block.trainedAccuracy),
        "\(block.fixed)",
        "\(block.broken)"
      )
    }
    return table.text(orWhenEmpty: "")
  }
}
