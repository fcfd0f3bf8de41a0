/// The formats in which datasets leave the product.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable, Codable {
  /// The question, the steps' texts and the answer; the predecessor's.
  case trace
  /// A Gemma training text under `prompts`; the predecessor's.
  case tunixSFT = "tunix_sft"
  /// A prompt with an instruction, and the response to learn; the predecessor's.
  case trainingExample = "training_example"
  /// Chat messages, as Hugging Face's trainers read them.
  case messages
  /// A prompt and its completion, as Hugging Face's trainers read them.
  case promptCompletion = "prompt_completion"
  /// One flat row a trace, comma-separated (RFC 4180).
  case csv
  /// One flat row a trace, Apache Parquet.
  case parquet

  /// Whether rows are JSON objects, one a line.
  public var isJSONLines: Bool { self != .csv && self != .parquet }

  /// Whether a row's bytes do not depend on the rows around it.
  public var hasSeparateRows: Bool { self != .parquet }

  /// The media type of the bytes.
  public var mediaType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8"
    case .parquet: "application/vnd.apache.parquet"
    default: "application/x-ndjson"
    }
  }

  /// How a file of this format ends, without the dot.
  public var fileExtension: String {
    switch self {
    case .csv: "csv"
    case .parquet: "parquet"
    default: "jsonl"
    }
  }
}
