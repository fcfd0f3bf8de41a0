import Datasets
import Foundations
import Persistence
import Testing

struct DatasetRequestsTests {
  let database: DatabaseStore

  init() throws {
    database = try DatabaseStore.inMemory()
  }

  @Test func `a frozen dataset comes back with its items in order`() throws {
    let traces = Sample.traces(12)
    try database.insert(traces: traces)
    let dataset = try Sample.dataset(of: traces)

    try database.insert(dataset: dataset)

    let stored = try #require(try database.dataset(key: "sample-v1"))
    #expect(stored.json == dataset.json)
    #expect(stored.contentHash == dataset.contentHash)
    #expect(try database.datasetCount() == 1)
  }

  @Test func `a key names one dataset`() throws {
    let traces = Sample.traces(12)
    try database.insert(traces: traces)
    try database.insert(dataset: try Sample.dataset(of: traces))

    #expect(throws: PersistenceError.self) {
      try database.insert(dataset: try Sample.dataset(of: traces))
    }
  }

  @Test func `a dataset needs its traces`() throws {
    #expect(throws: PersistenceError.self) {
      try database.insert(dataset: try Sample.dataset(of: Sample.traces(12)))
    }
    #expect(try database.datasetCount() == 0)
  }

  @Test(arguments: [
    "UPDATE dataset SET manifest = '{}'", "DELETE FROM dataset",
    "UPDATE datasetItem SET split = 'train'", "DELETE FROM datasetItem",
  ])
  func `nothing of a dataset can be changed`(statement: String) throws {
    let traces = Sample.traces(12)
    try database.insert(traces: traces)
    try database.insert(dataset: try Sample.dataset(of: traces))

    #expect(throws: PersistenceError.refused(reason: "a dataset is immutable")) {
      try database.execute(unchecked: statement)
    }
  }

  @Test func `the newest dataset comes first`() throws {
    let traces = Sample.traces(12)
    try database.insert(traces: traces)
    for version in ["v1", "v2", "v3"] {
      try database.insert(dataset: try Sample.dataset(of: traces, version: version))
    }

    let keys = try database.datasets(DatasetQuery(limit: 2)).map(\.dataset.datasetKey)

    #expect(keys == ["sample-v3", "sample-v2"])
  }
}
