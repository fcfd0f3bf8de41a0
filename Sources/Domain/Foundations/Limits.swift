/// Every bound of the product, with its unit and its reason.
public enum Limits {
  // MARK: Texts

  /// Nesting levels of a JSON text: a deeper one is hostile and would exhaust the stack.
  public static let jsonDepth = 128
  /// Bytes of one JSON line: the predecessor's body limit for a trace.
  public static let lineBytes = 1_048_576

  // MARK: Traces (the predecessor's limits, so that its users' data keep fitting)

  /// Characters of a trace's version.
  public static let traceVersionCharacters = 64
  /// Characters of a trace's prompt.
  public static let tracePromptCharacters = 50_000
  /// Characters of a trace's final answer.
  public static let traceAnswerCharacters = 50_000
  /// Steps of one trace.
  public static let traceSteps = 1_000
  /// Characters of a step's type.
  public static let stepTypeCharacters = 64
  /// Characters of a step's content.
  public static let stepContentCharacters = 20_000
  /// Traces of one batch: one transaction stays short.
  public static let batchTraces = 1_000

  /// Characters of a search: more is no question that a person asks.
  public static let searchCharacters = 1_000
  /// Characters of a tag.
  public static let tagCharacters = 64
  /// Tags of one trace.
  public static let traceTags = 100
  /// Characters of the note of a step's label.
  public static let labelNoteCharacters = 2_000
  /// Traces that a search for duplicates looks at: their sketches are held in memory.
  public static let comparedTraces = 100_000
  /// Seconds that an outside generator of traces may take for each of them.
  public static let generatorSecondsPerTrace = 30

  // MARK: Imports

  /// Records from whose members a file's format is told: enough to see past a bad one.
  public static let detectionRecords = 32
  /// Records that are read, checked and stored together: enough to share out over the cores.
  public static let importBatchRecords = 1_024
  /// Bytes of such a batch: it and its traces are held in memory, two of them at a time.
  public static let importBatchBytes = 4_194_304
  /// Invalid records after which an import gives a file up, where the caller names no number.
  public static let importErrors = 20
  /// Invalid records that a report lists; it counts them all.
  public static let listedErrors = 1_000

  // MARK: Datasets and registry

  /// Traces of one dataset: a manifest lists each of them and is read whole.
  public static let datasetTraces = 10_000
  /// Characters of a dataset's key: name, hyphen and version, or a key of the predecessor's.
  public static let datasetKeyCharacters = 256
  /// Traces that an export or a check of a dataset holds in memory at once.
  public static let datasetPageTraces = 256
  /// Findings of a check that are listed; it counts them all.
  public static let listedFindings = 1_000
  /// Items of one evaluation set: it is read whole.
  public static let evaluationItems = 10_000
  /// Characters of a dataset's name.
  public static let datasetNameCharacters = 128
  /// Characters of a dataset's version.
  public static let datasetVersionCharacters = 64
  /// Characters of a model family's name.
  public static let modelNameCharacters = 256

  // MARK: Lists

  /// Rows of one page where the caller names no number.
  public static let pageRows = 100
  /// Rows of the largest page that a caller may ask for.
  public static let largestPageRows = 10_000

  // MARK: Server

  /// Characters of an idempotency key: a UUID fits many times.
  public static let idempotencyKeyCharacters = 255
  /// Seconds for which a request with an idempotency key is answered as before: a day of retries.
  public static let idempotencySeconds = 86_400
  /// Bytes of an answer that is kept for a repeated request.
  public static let idempotentAnswerBytes = 1_048_576
  /// Seconds after which a request that was begun and never answered may be sent again: the server
  /// that took it is dead.
  public static let abandonedRequestSeconds = 600
  /// Bytes that must be free on disk before the server calls itself ready.
  public static let freeDiskBytes = 256 * 1_048_576
  /// Runs that may wait before the server calls itself not ready.
  public static let waitingRuns = 1_000
  /// Values of one repeated parameter of a request.
  public static let repeatedParameters = 32
}
