/// Rows of cells in aligned columns.
struct TextTable {
  enum Alignment {
    case left
    case right
  }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// A heading that begins with `>` stands over a column of numbers, aligned to the right.
  init(_ headings: String...) {
    alignments = headings.map { $0.hasPrefix(">") ? .right : .left }
    self.headings = headings.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
  }

  mutating func add(_ cells: String...) {
    precondition(cells.count == headings.count, "A row has one cell for each heading.")
    rows.append(cells)
  }

  /// The headings and the rows; `nothing` where there is no row.
  func text(orWhenEmpty nothing: String) -> String {
    rows.isEmpty ? nothing : text
  }

  private var text: String {
    let all = [headings.map { $0.uppercased() }] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { line($0, widths: widths) }.joined(separator: "\n")
  }

  private func line(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[column] - cell.count)
      if column > 0 { line += "  " }
      line += alignments[column] == .right ? padding + cell : cell + padding
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}

/// Names and values, one pair a line, values aligned.
struct FactSheet {
  private var facts: [(name: String, value: String)] = []

  mutating func add(_ name: String, _ value: String?) {
    if let value { facts.append((name, value)) }
  }

  mutating func add(_ name: String, _ value: Int) {
    add(name, String(value))
  }

  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    return facts.map { fact in
      let padding = String(repeating: " ", count: width - fact.name.count)
      let value = fact.value.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\n" + String(repeating: " ", count: width + 2))
      return fact.name + padding + "  " + value
    }.joined(separator: "\n")
  }
}
