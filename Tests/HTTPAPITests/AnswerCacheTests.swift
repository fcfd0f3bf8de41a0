import Testing

@testable import HTTPAPI

struct AnswerCacheTests {
  private static let eighth = AnswerCache.totalBytes / 8

  private static func tag(_ number: Int) -> EntityTag { EntityTag("\(number)") }

  @Test func `an answer is given again under its own tag alone`() {
    let cache = AnswerCache()

    cache.keep([1, 2, 3], of: Self.tag(1))

    #expect(cache.bytes(of: Self.tag(1)) == [1, 2, 3])
    #expect(cache.bytes(of: Self.tag(2)) == nil)
  }

  @Test func `a large answer is not kept`() {
    let cache = AnswerCache()

    cache.keep(Array(repeating: 0, count: AnswerCache.answerBytes), of: Self.tag(1))
    cache.keep(Array(repeating: 0, count: AnswerCache.answerBytes + 1), of: Self.tag(2))

    #expect(cache.bytes(of: Self.tag(1)) != nil)
    #expect(cache.bytes(of: Self.tag(2)) == nil)
  }

  @Test func `what was not asked for longest makes room`() {
    let cache = AnswerCache()
    let answer = [UInt8](repeating: 7, count: Self.eighth)
    for number in 0..<8 { cache.keep(answer, of: Self.tag(number)) }
    #expect(cache.bytes(of: Self.tag(0)) == answer)

    cache.keep(answer, of: Self.tag(8))

    #expect((0...8).filter { cache.bytes(of: Self.tag($0)) == nil } == [1])
  }

  @Test func `an answer that is kept twice counts once`() {
    let cache = AnswerCache()
    let answer = [UInt8](repeating: 7, count: Self.eighth)

    for _ in 0..<20 { cache.keep(answer, of: Self.tag(1)) }
    for number in 2...8 { cache.keep(answer, of: Self.tag(number)) }

    #expect((1...8).allSatisfy { cache.bytes(of: Self.tag($0)) == answer })
  }
}
