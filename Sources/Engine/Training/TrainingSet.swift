/// The rows of a run, checked before any compute is spent.
public struct TrainingSet: Sendable {
  /// The rows, in the order in which they came.
  public let rows: [TrainingRow]
  /// How many rows were cut to the allowed length.
  public let truncatedCount: Int

  /// Checks the rows; `maxLength` and `contextLength` in tokens, longer rows are cut only when
  /// `truncates`.
  public init(
    _ rows: [TrainingRow],
    maxLength: Int,
    contextLength: Int = .max,
    truncates: Bool,
    vocabularySize: Int
  ) throws(TrainingDataError) {
    guard !rows.isEmpty else { throw .noRows }
    let limit = min(maxLength, contextLength)
    var kept: [TrainingRow] = []
    var cut = 0
    for (index, row) in rows.enumerated() {
      let number = index + 1
      if let id = row.ids.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
        throw .unknownToken(row: number, id: id, vocabularySize: vocabularySize)
      }
      guard row.supervisedCount > 0 else { throw .nothingSupervised(row: number) }
      guard row.ids.count > limit else {
        kept.append(row)
        continue
      }
      guard truncates else {
        throw limit < maxLength
          ? .longerThanContext(row: number, tokens: row.ids.count, contextLength: contextLength)
          : .tooLong(row: number, tokens: row.ids.count, maxLength: maxLength)
      }
      let short = TrainingRow(
        ids: Array(row.ids.prefix(limit)),
        isSupervised: Array(row.isSupervised.prefix(limit)),
        group: row.group
      )
      guard short.supervisedCount > 0 else {
        throw .truncationRemovedAnswer(row: number, tokens: row.ids.count, maxLength: limit)
      }
      kept.append(short)
      cut += 1
    }
    self.rows = kept
    truncatedCount = cut
  }

  /// Tokens of all rows.
  public var tokenCount: Int { rows.reduce(0) { $0 + $1.ids.count } }
  /// Learned tokens of all rows.
  public var supervisedCount: Int { rows.reduce(0) { $0 + $1.supervisedCount } }
}
