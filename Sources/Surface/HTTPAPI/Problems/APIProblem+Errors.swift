import Datasets
import Foundations
import HTTPTypes
import Traces
import Workspace

extension APIProblem {
  /// The one place where a use case's error becomes an answer.
  ///
  /// An error that nobody foresaw tells the client nothing but that; the log has it.
  init(_ error: any Error) {
    switch error {
    case let problem as APIProblem: self = problem
    case let error as TraceError: self.init(trace: error)
    case let error as JSONError: self.init(reading: error)
    case let error as WorkspaceError: self.init(refusal: error)
    case let error as DatasetError: self.init(dataset: error)
    default: self.init(unforeseen: error)
    }
  }

  private init(reading error: JSONError) {
    switch error {
    case .syntax, .tooDeep: self.init(.malformedRequest, error.description)
    case .shape(let path, let expected, let found):
      self.init(pointer: path, "expected \(expected), found \(found)")
    }
  }

  private init(trace error: TraceError) {
    guard case .invalidQuery(let parameter, let reason) = error else {
      self.init(pointer: error.pointer, error.description)
      return
    }
    self.init(pointer: parameter, reason)
  }

  private init(dataset error: DatasetError) {
    switch error {
    case .refusedByCheck, .traceMissing, .traceChanged, .hashMismatch:
      self.init(.conflict, error.description)
    case .invalidName(let field, _, _): self.init(pointer: "/" + field, error.description)
    case .seedMissing: self.init(pointer: "/seed", error.description)
    case .nothingMatches: self.init(pointer: "/filters", error.description)
    default: self.init(.invalidRequest, error.description)
    }
  }

  private init(refusal error: WorkspaceError) {
    switch error {
    case .unknown(let noun, let name, _): self.init(.notFound, "there is no \(noun) \(name)")
    case .inUse: self.init(.conflict, error.description)
    case .invalidRequest(let parameter, let reason): self.init(pointer: parameter, reason)
    case .notInstalled: self.init(.notInstalled, error.description)
    case .sourceFailed: self.init(.sourceFailed, error.description)
    case .noWorkspace, .ambiguous: self.init(.notFound, error.description)
    case .noSuchRow: self.init(pointer: "query/index", error.description)
    case .invalidCursor: self.init(pointer: "query/cursor", error.description)
    case .invalidEvaluationSet(let name, let errors):
      let fields = errors.prefix(Schema.mostProblems).map {
        FieldProblem(pointer: "", detail: $0)
      }
      self.init(.invalidRequest, "\(name) is no valid evaluation set", errors: fields)
    case .evaluationSetDiffers, .datasetDiffers, .versionExists, .wrongState, .notComparable,
      .itemsDiffer, .notPromoted:
      self.init(.conflict, error.description)
    case .invalidName: self.init(.invalidRequest, error.description)
    default: self.init(unforeseen: error)
    }
  }

  private init(unforeseen error: any Error) {
    switch StorageFailure(error) {
    case .busy:
      self.init(.unavailable, "the database is in use by another process; try again")
      headers[.retryAfter] = "1"
    case .full: self.init(.storageFull, "the disk is full: nothing was stored")
    case .refused(let reason): self.init(.conflict, reason)
    case nil: self.init(.internalError, "the server failed; its log has the reason")
    }
  }
}
