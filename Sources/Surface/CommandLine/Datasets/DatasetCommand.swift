import ArgumentParser
import Datasets
import Foundations
import Workspace

struct DatasetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Freeze traces into datasets; compare, check and export them.",
    subcommands: [
      DatasetBuildCommand.self, DatasetExtendCommand.self, DatasetMergeCommand.self,
      DatasetListCommand.self, DatasetShowCommand.self, DatasetVerifyCommand.self,
      DatasetDiffCommand.self, DatasetLineageCommand.self, DatasetPreviewCommand.self,
      DatasetExportCommand.self,
    ]
  )
}

extension DatasetManifest {
  /// The manifest's facts for people.
  var facts: FactSheet {
    var sheet = FactSheet()
    sheet.add("dataset", datasetKey)
    sheet.add("created", HumanText.time(createdAt))
    sheet.add("sha256", contentHash.hex)
    sheet.add("traces", traceCount)
    sheet.add("train", items(in: .train).count)
    sheet.add("test", items(in: .test).count)
    if let split {
      let seed = split.recipe.map { ", seed \($0.seed)" } ?? ""
      sheet.add(
        "split",
        "by \(SplitRecipe.by)\(seed); "
          + "\(split.trainGroups) problems in train, \(split.testGroups) in test, none in both"
      )
      sheet.add(
        "left out",
        "\(split.droppedTestRepeats) repeats of test problems, "
          + "\(split.droppedTrainDuplicates) duplicates in train"
      )
    }
    let filters = filters.object?.isEmpty == false ? filters.compact : "none"
    sheet.add("filters", filters)
    let seed = seed.map { ", seed \($0)" } ?? ""
    sheet.add("selection", "\(selectionStrategy.rawValue), at most \(limit)\(seed)")
    sheet.add("parent", parentDatasetID)
    if !sources.isEmpty { sheet.add("made of", sources.map(\.datasetKey).joined(separator: ", ")) }
    let steps = HumanText.fixed(statistics.averageStepCount, 1)
    sheet.add(
      "steps",
      "\(statistics.minimumStepCount) to \(statistics.maximumStepCount), mean \(steps)"
    )
    return sheet
  }
}
