extension DeltaReport {
  /// How many fixed and how many broken items are shown.
  private static let exampleCount = 3

  /// Longest text shown of a prompt or reply, in characters.
  private static let maximumText = 600

  /// The report as Markdown, `delta_report.md`.
  public var markdown: String {
    let parts = [
      header, verdictPart, accuracyTable, changeTable, categoryTable, examplesPart, method,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }
}

extension DeltaReport {
  private var header: String {
    let rows = [
      ("Base run", describe(base)), ("Trained run", describe(trained)),
      ("Dataset", "`\(datasetKey)`, manifest sha256 `\(datasetHash)`"),
      ("Items", "\(comparison.items.count)"), ("Judge", "`\(judge)`"),
    ]
    let lines = rows.map { "| \($0.0) | \($0.1) |" }
    return (["# Base against trained", "", "| | |", "|---|---|"] + lines).joined(separator: "\n")
  }

  private func describe(_ run: Run) -> String {
    let facts = run.facts.map { ", \(cell($0.name)) \(cell($0.value))" }.joined()
    return "`\(run.id)`, \(cell(run.model))\(facts)"
  }

  private var verdictPart: String { "## Verdict\n\n\(verdict)" }

  private var accuracyTable: String {
    var lines = [
      "## Accuracy", "", "| outcome | run | correct | accuracy | 95 % interval | unparseable |",
      "|---|---|---:|---:|---|---:|",
    ]
    for rule in OutcomeRule.allCases {
      let block = comparison.block(rule)
      for (name, run) in [("base", block.base), ("trained", block.trained)] {
        let bounds = "\(percent(run.interval.lower)) – \(percent(run.interval.upper))"
        lines.append(
          "| \(rule.rawValue) | \(name) | \(run.correct) of \(run.total) | \(percent(run.value)) | "
            + "\(bounds) | \(run.unparseable) |"
        )
      }
    }
    return (lines + cappedLines).joined(separator: "\n")
  }

  private var cappedLines: [String] {
    let runs = [("base", base), ("trained", trained)]
    let told = runs.compactMap { name, run in
      run.cappedCount.map { count in
        "\(name) \(count) (\(percent(Double(count) / Double(max(1, comparison.items.count)))))"
      }
    }
    return told.isEmpty
      ? [] : ["", "Replies that ended at the length cap: \(told.joined(separator: ", "))."]
  }

  private var changeTable: String {
    var lines = [
      "## Item by item", "",
      "| outcome | delta | fixed | broken | both right | both wrong | McNemar exact p |",
      "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for rule in OutcomeRule.allCases {
      let block = comparison.block(rule)
      lines.append(
        "| \(rule.rawValue) | \(percent(block.delta, isSigned: true)) | \(block.fixed) | "
          + "\(block.broken) | \(block.bothRight) | \(block.bothWrong) | "
          + "\(Self.scientific(block.pValue)) |"
      )
    }
    return lines.joined(separator: "\n")
  }

  private var categoryTable: String {
    var lines = [
      "## By category", "",
      "| category | items | strict base | strict trained | lenient base | lenient trained | fixed "
        + "| broken | p |",
      "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for category in comparison.categories {
      let (strict, lenient) = (category.strict, category.lenient)
      lines.append(
        "| \(cell(category.name)) | \(lenient.base.total) | \(percent(strict.baseAccuracy)) | "
          + "\(percent(strict.trainedAccuracy)) | \(percent(lenient.baseAccuracy)) | "
          + "\(percent(lenient.trainedAccuracy)) | \(lenient.fixed) | \(lenient.broken) | "
          + "\(Self.scientific(lenient.pValue)) |"
      )
    }
    lines += [
      "", "Fixed, broken and p by the lenient outcome; p values are not corrected for many looks.",
    ]
    return lines.joined(separator: "\n")
  }

  private var examplesPart: String {
    let byID = Dictionary(examples.map { ($0.itemID, $0) }) { first, _ in first }
    var parts: [String] = []
    for (change, title) in [(Change.fixed, "Fixed"), (.broken, "Broken")] {
      let found = comparison.items(change).lazy.compactMap { byID[$0.itemID] }
      let shown = found.prefix(Self.exampleCount).map(text)
      if !shown.isEmpty { parts.append("### \(title)\n\n" + shown.joined(separator: "\n\n")) }
    }
    return parts.isEmpty ? "" : "## Examples\n\n" + parts.joined(separator: "\n\n")
  }

  private func text(_ example: Example) -> String {
    let parts = [
      ("Prompt", example.prompt), ("Expected", example.expected), ("Base", example.base),
      ("Trained", example.trained),
    ]
    let blocks = parts.map { "\($0.0):\n\n\(fenced($0.1))" }
    return "Item `\(example.itemID)`\n\n" + blocks.joined(separator: "\n\n")
  }

  private var method: String {
    """
    ## Method

    Both runs answered the same prompts; every item was judged by `\(judge)`. Strict counts an \
    answer only at the asked-for marker, lenient anywhere on the judge's ladder of places; an \
    unparseable reply is not correct. Intervals are Wilson's. The p value is McNemar's exact \
    two-sided test on the items that changed; the test of record is the lenient one. Training \
    overlap: \(overlapFact)
    """
  }

  private var overlapFact: String {
    switch overlap {
    case .none: "none, checked against the run's training items."
    case .items(let count): "**\(count) compared items were trained on.**"
    case .unknown: "**not checked.**"
    }
  }

  /// A text as a code block whose fence is longer than any run of backticks inside.
  private func fenced(_ text: String) -> String {
    let shown =
      text.count > Self.maximumText ? "\(text.prefix(Self.maximumText)) […]" : text
    let longest = shown.split { $0 != "`" }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)text\n\(shown)\n\(fence)"
  }

  /// A text inside a table cell.
  private func cell(_ text: String) -> String {
    String(text.flatMap { $0 == "|" ? "\\|" : $0.isNewline ? " " : String($0) })
  }
}
