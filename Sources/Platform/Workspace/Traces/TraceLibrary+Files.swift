import Files
import Foundation
import Foundations
import Persistence

extension TraceLibrary {
  /// Stores the traces of one file: JSON Lines, or one JSON array; `-` is standard input.
  ///
  /// The file is read in bounded memory and stored in one transaction, so that all of it is stored
  /// or nothing, also where the process is killed. What is stored already is not stored again.
  /// `progress` gets the bytes read so far. Throws where the file cannot be read or the database
  /// not be written; invalid records are in the report.
  public func importFile(
    named name: String,
    _ options: TraceImportOptions = TraceImportOptions(),
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> TraceFileReport {
    let reader =
      name == "-" ? try RecordReader.standardInput() : try RecordReader(URL(filePath: name))
    return try TraceFileImport(name: name, reader: reader, options: options, progress: progress)
      .run(into: database, at: now())
  }
}
