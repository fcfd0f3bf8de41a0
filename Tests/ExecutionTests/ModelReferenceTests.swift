import Execution
import Files
import Foundation
import Foundations
import TestSupport
import Testing
import Workspace

struct ModelReferenceTests {
  @Test func `a path is found without a workspace and hashed by the registry's rule`() throws {
    let reference = try ModelReference.find(TinyLlama.url.path, in: nil)

    #expect(reference.adapter == nil)
    #expect(reference.version == nil)
    #expect(try reference.contentHash() == (try FileHash.ofFolder(TinyLlama.url).hash))
  }

  @Test func `a model of the catalogue that is not here says how to fetch it`() throws {
    let folder = try ScratchFolder()
    let workspace = try WorkspaceFolder(creatingAt: folder.file("workspace"))

    let error = #expect(throws: ExecutionError.self) {
      try ModelReference.find("smollm2-135m-instruct", in: workspace)
    }

    #expect(error?.description.contains("tunix-rt model pull smollm2-135m-instruct") == true)
  }

  @Test func `a name that is nothing lists the catalogue`() throws {
    let error = #expect(throws: ExecutionError.self) {
      try ModelReference.find("gpt-17", in: nil)
    }

    #expect(error?.description.contains("\"gpt-17\"") == true)
    #expect(error?.description.contains("smollm2-135m-instruct") == true)
  }

  @Test func `an alias of an unknown family is named`() throws {
    let folder = try ScratchFolder()
    let workspace = try WorkspaceFolder(creatingAt: folder.file("workspace"))

    let error = #expect(throws: (any Error).self) {
      try ModelReference.find("nobody@champion", in: workspace)
    }

    #expect(error.map { "\($0)" }?.contains("nobody") == true)
  }
}
