import Foundations
import TestSupport
import Testing

struct RandomStreamTests {
  private struct Reference {
    let seed: UInt64
    let name: String
    let entry: JSONValue

    var stream: RandomStream { RandomStream(seed: seed, name: name) }
  }

  private func references() throws -> [Reference] {
    let json = try Fixture.json("foundations/foundations.json")
    return try #require(json["streams"]?.array).map { entry in
      let seed = try #require(entry["seed"]?.string.flatMap { UInt64($0) })
      return Reference(seed: seed, name: try #require(entry["name"]?.string), entry: entry)
    }
  }

  @Test func `bits, whole numbers and uniform draws equal the reference`() throws {
    for reference in try references() {
      var bits = reference.stream
      var ints = reference.stream
      var uniform = reference.stream

      let words = reference.entry["next"]?.array?.compactMap(\.string)
      #expect(words == (0..<6).map { _ in String(bits.next()) })
      let dice = reference.entry["int_1_6"]?.array?.compactMap(\.int)
      #expect(dice == (0..<20).map { _ in ints.int(in: 1...6) })
      #expect(reference.entry["uniform"]?[0]?.double == uniform.uniform())
    }
  }

  @Test func `normal draws equal the reference to 1e-14`() throws {
    for reference in try references() {
      var stream = reference.stream
      for expected in reference.entry["normal"]?.array?.compactMap(\.double) ?? [] {
        #expect(abs(stream.normal() - expected) < 1e-14)
      }
    }
  }

  @Test func `shuffles equal the reference`() throws {
    for reference in try references() {
      var stream = reference.stream
      let expected = reference.entry["shuffled_10"]?.array?.compactMap(\.int)

      #expect(stream.shuffled(Array(0..<10)) == expected)
    }
  }

  @Test func `a range's ends are reached and nothing lies outside`() {
    var stream = RandomStream(seed: 7, name: "range")
    let draws = (0..<2_000).map { _ in stream.int(in: -2...2) }

    #expect(Set(draws) == [-2, -1, 0, 1, 2])
    #expect(stream.int(in: 5...5) == 5)
    _ = stream.int(in: Int.min...Int.max)
  }

  @Test func `a saved stream goes on where it stood`() throws {
    var stream = RandomStream(seed: 1, name: "resume")
    _ = stream.normal()

    var resumed = try JSONValue(encoding: stream).decode(RandomStream.self)

    #expect(resumed.normal() == stream.normal())
    #expect(resumed.next() == stream.next())
  }

  @Test func `streams of other names differ`() {
    var one = RandomStream(seed: 1, name: "a")
    var other = RandomStream(seed: 1, name: "b")

    #expect(one.next() != other.next())
  }
}
