import Access
import Foundation
import Foundations
import Persistence
import Synchronization
import TestSupport
import Testing
import Workspace

/// A clock that a test moves.
private final class ManualClock: Sendable {
  private let time = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

  var now: Date { time.withLock { $0 } }

  func advance(seconds: Double) { time.withLock { $0 += seconds } }
}

/// Tokens and the memory of requests, over an empty workspace whose clock the test moves.
struct AccessLibraryTests {
  private let clock = ManualClock()
  let workspace: WorkspaceFolder

  init() throws {
    let clock = clock
    workspace = WorkspaceFolder(
      location: try ScratchFolder().url,
      database: try DatabaseStore.inMemory()
    ) { clock.now }
  }

  @Test func `a token is good until its end, to the second`() throws {
    let (token, secret) = try workspace.access.create(
      name: "a",
      scopes: [.read],
      lifetimeSeconds: 60
    )

    clock.advance(seconds: 59)
    #expect(try workspace.access.token(shown: secret.text) == token)
    #expect(try workspace.access.validCount() == 1)
    clock.advance(seconds: 1)
    #expect(try workspace.access.token(shown: secret.text) == nil)
    #expect(try workspace.access.validCount() == 0)
  }

  @Test func `a revoked token is of no use and its name is not used again`() throws {
    let (token, secret) = try workspace.access.create(name: "a", scopes: [.write])

    try workspace.access.revoke(token.id.text)

    #expect(try workspace.access.token(shown: secret.text) == nil)
    #expect(throws: WorkspaceError.self) { try workspace.access.revoke("a") }
    #expect(throws: WorkspaceError.self) {
      try workspace.access.create(name: "a", scopes: [.write])
    }
  }

  @Test(arguments: ["", " a", "a b", "-a", "a/b", String(repeating: "a", count: 65)])
  func `a name that could be mistaken is refused`(name: String) {
    #expect(throws: WorkspaceError.self) {
      try workspace.access.create(name: name, scopes: [.read])
    }
  }

  @Test func `scopes allow what they name, admin everything, each of them to look`() throws {
    let (writer, _) = try workspace.access.create(name: "w", scopes: [.write, .run])
    let (admin, _) = try workspace.access.create(name: "a", scopes: [.admin])

    #expect(AccessScope.allCases.filter(writer.allows) == [.read, .write, .run])
    #expect(AccessScope.allCases.allSatisfy(admin.allows))
    #expect(try workspace.access.list().map(\.name) == ["a", "w"])
  }

  @Test func `a secret has the alphabet of links and is never the same`() throws {
    let secrets = (0..<50).map { _ in TokenSecret.random().text }

    #expect(Set(secrets).count == 50)
    #expect(secrets.allSatisfy { $0.wholeMatch(of: #/trt_[A-Za-z0-9_-]{43}/#) != nil })
    #expect(secrets.allSatisfy { TokenSecret($0)?.text == $0 })
    #expect(TokenSecret("trt_short") == nil)
  }

  @Test func `a request that a dead server began may be sent again after a while`() throws {
    let ledger = workspace.requests
    let print = ContentHash(ofText: "x")
    #expect(try ledger.begin("k", caller: "c", fingerprint: print) == .proceed)

    clock.advance(seconds: Double(Limits.abandonedRequestSeconds) - 1)
    #expect(try ledger.begin("k", caller: "c", fingerprint: print) == .wait)
    clock.advance(seconds: 2)
    #expect(try ledger.begin("k", caller: "c", fingerprint: print) == .proceed)
  }

  @Test func `an answer is remembered for a day`() throws {
    let ledger = workspace.requests
    let print = ContentHash(ofText: "x")
    let answer = RequestLedger.Answer(status: 201, headers: ["Location": "/a"], body: [1, 2, 0])
    _ = try ledger.begin("k", caller: "c", fingerprint: print)
    try ledger.finish("k", caller: "c", with: answer)

    #expect(try ledger.begin("k", caller: "c", fingerprint: print) == .replay(answer))
    #expect(try ledger.begin("k", caller: "c", fingerprint: ContentHash(ofText: "y")) == .refuse)
    clock.advance(seconds: Double(Limits.idempotencySeconds) + 1)
    #expect(try ledger.begin("k", caller: "c", fingerprint: print) == .proceed)
  }

  @Test func `a workspace that can be written is ready`() {
    let readiness = workspace.readiness()

    #expect(readiness.parts.map(\.name) == ["database", "disk", "queue"])
    #expect(readiness.parts[0].isReady && readiness.parts[2].isReady)
  }
}
