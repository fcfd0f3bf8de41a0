public import Datasets
public import Foundations
public import Workspace

/// What the API's handlers may use.
public struct APIServices: Sendable {
  /// The use cases.
  public let workspace: WorkspaceFolder
  /// The limits of request bodies.
  public let limits: BodyLimits
  /// Says token by token what a model would see of a dataset's example; nil where no engine is
  /// attached.
  public let preview: (@Sendable (PreviewRequest) throws -> JSONValue)?
  /// Exports that were written before.
  let exports = AnswerCache()

  /// Puts the services together.
  public init(
    workspace: WorkspaceFolder,
    limits: BodyLimits = BodyLimits(),
    preview: (@Sendable (PreviewRequest) throws -> JSONValue)? = nil
  ) {
    self.workspace = workspace
    self.limits = limits
    self.preview = preview
  }
}

/// How many bytes the bodies of requests may have; each is counted as it arrives.
public struct BodyLimits: Hashable, Sendable {
  /// One trace.
  public var traceBytes: Int
  /// Any other JSON body, such as a batch.
  public var generalBytes: Int
  /// A file that is imported.
  public var fileBytes: Int

  /// Takes the limits; the defaults are the predecessor's for a trace, and room for the largest
  /// batch of ordinary traces.
  public init(
    traceBytes: Int = Limits.lineBytes,
    generalBytes: Int = 64 * 1_048_576,
    fileBytes: Int = 4 * 1_073_741_824
  ) {
    self.traceBytes = traceBytes
    self.generalBytes = generalBytes
    self.fileBytes = fileBytes
  }
}

/// Which example of which dataset is looked at through which model's eyes.
public struct PreviewRequest: Hashable, Sendable {
  /// The dataset's key.
  public let datasetKey: String
  /// The model, as the command line names it.
  public let model: String
  /// The example's place in the dataset.
  public let index: Int
  /// Only this side; nil for both.
  public let split: DatasetSplit?
  /// Tokens after which the example is cut; nil for the model's own bound.
  public let maximumLength: Int?

  /// Makes a request.
  public init(
    datasetKey: String,
    model: String,
    index: Int,
    split: DatasetSplit? = nil,
    maximumLength: Int? = nil
  ) {
    self.datasetKey = datasetKey
    self.model = model
    self.index = index
    self.split = split
    self.maximumLength = maximumLength
  }
}
