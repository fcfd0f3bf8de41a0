import Foundations

/// The report of `bench --kind datasets`.
enum DatasetBenchReport {
  static let kind = "datasets"

  /// The rows for people.
  static func text(of report: JSONValue) -> String {
    var table = TextTable("work", ">median", ">fastest", ">slowest")
    for row in report.object ?? [] {
      table.add(
        row.key,
        time(row.value["median_ms"]),
        time(row.value["minimum_ms"]),
        time(row.value["maximum_ms"])
      )
    }
    return table.text(orWhenEmpty: "nothing was measured")
  }

  private static func time(_ milliseconds: JSONValue?) -> String {
    HumanText.fixed(milliseconds?.double ?? 0, 2) + " ms"
  }
}
