public import Datasets
import Foundations
import Persistence
import Traces

/// Looks for something in the traces of a dataset, which it is shown one by one, in order.
protocol DatasetInspection {
  /// Takes the next trace.
  mutating func add(_ trace: StoredTrace, in split: DatasetSplit)

  /// What was found; asked for once, at the end.
  mutating func finish() -> DatasetCheck
}

extension DatasetLibrary {
  /// Runs every check over a dataset's traces: duplicates, and contamination with every evaluation
  /// set.
  func inspect(_ dataset: DatasetManifest) throws -> [DatasetCheck] {
    let stored = try database.evaluationSets(limit: Limits.largestPageRows)
    let names = Set(stored.map(\.name))
    let sets = stored + EvaluationSet.builtIn.filter { !names.contains($0.name) }
    var duplicates: any DatasetInspection = DuplicateInspection()
    var contamination: any DatasetInspection = ContaminationInspection(sets)
    for item in dataset.items {
      guard let trace = try database.trace(item.traceID) else {
        throw DatasetError.traceMissing(id: item.traceID.text)
      }
      duplicates.add(trace, in: item.split)
      contamination.add(trace, in: item.split)
    }
    return [contamination.finish(), duplicates.finish()]
  }

  /// What the train side of a frozen dataset shares with the questions of evaluation sets.
  public func contamination(of key: String, with sets: [EvaluationSet]) throws -> DatasetCheck {
    var pages = try rows(of: key, in: .train)
    var inspection = ContaminationInspection(sets)
    while let page = try pages.next() {
      for row in page { inspection.add(try row.frozenTrace(), in: row.split) }
    }
    return inspection.finish()
  }
}

/// Traces that ask, reason and answer alike, word by word.
struct DuplicateInspection: DatasetInspection {
  private var seen: [ContentHash: String] = [:]
  private var findings: [DatasetCheck.Finding] = []

  mutating func add(_ stored: StoredTrace, in split: DatasetSplit) {
    let trace = stored.trace
    let texts = [trace.prompt, trace.finalAnswer] + trace.steps.map(\.content)
    let hash = ContentHash(
      ofText: texts.map { Words.of($0).joined(separator: " ") }.joined(separator: "\n")
    )
    if let other = seen[hash] {
      findings.append(
        DatasetCheck.Finding(traceID: stored.id.text, other: other, similarity: 1)
      )
    } else {
      seen[hash] = stored.id.text
    }
  }

  mutating func finish() -> DatasetCheck {
    DatasetCheck(kind: .duplicates, method: ["name": "same_words"], findings: findings)
  }
}

/// Train traces whose text holds a run of an evaluation question's words.
struct ContaminationInspection: DatasetInspection {
  /// Words of a run; a shorter question is one run.
  private static let runWords = 8

  private struct Question {
    let name: String
    let runCount: Int
  }

  private let sets: [EvaluationSet]
  private var questions: [Question] = []
  /// Which questions hold a run of words, by the run's length.
  private var runs: [Int: [[String]: [Int]]] = [:]
  private var findings: [DatasetCheck.Finding] = []

  init(_ sets: [EvaluationSet]) {
    self.sets = sets
    for set in sets {
      for item in set.items {
        let words = Words.of(item.prompt)
        let length = min(words.count, Self.runWords)
        guard length > 0 else { continue }
        let own = Set(Self.runs(of: words, length: length))
        for run in own { runs[length, default: [:]][run, default: []].append(questions.count) }
        questions.append(Question(name: "\(set.name)/\(item.id)", runCount: own.count))
      }
    }
  }

  mutating func add(_ stored: StoredTrace, in split: DatasetSplit) {
    guard split == .train else { return }
    let trace = stored.trace
    let texts = [trace.prompt] + trace.steps.map(\.content)
    var shared: [Int: Set<[String]>] = [:]
    for words in texts.map(Words.of) {
      for (length, known) in runs {
        for run in Self.runs(of: words, length: length) {
          for question in known[run] ?? [] { shared[question, default: []].insert(run) }
        }
      }
    }
    for (question, runs) in shared.sorted(by: { $0.key < $1.key }) {
      findings.append(
        DatasetCheck.Finding(
          traceID: stored.id.text,
          other: questions[question].name,
          similarity: Double(runs.count) / Double(questions[question].runCount)
        )
      )
    }
  }

  mutating func finish() -> DatasetCheck {
    DatasetCheck(
      kind: .contamination,
      method: [
        "name": "word_runs", "words": JSONValue(Self.runWords),
        "evaluation_sets": .array(
          sets.map {
            ["name": .string($0.name), "content_hash": .string($0.contentHash.hex)]
          }
        ),
      ],
      findings: findings
    )
  }

  private static func runs(of words: [String], length: Int) -> [[String]] {
    guard words.count >= length else { return [] }
    return (0...(words.count - length)).map { Array(words[$0..<($0 + length)]) }
  }
}

/// A text's words in lower case; signs of arithmetic are words too, other signs separate.
enum Words {
  static func of(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for scalar in text.lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        word.unicodeScalars.append(scalar)
        continue
      }
      if !word.isEmpty { words.append(word) }
      word = ""
      if scalar.properties.isMath || "-*/%".unicodeScalars.contains(scalar) {
        words.append(String(scalar))
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
