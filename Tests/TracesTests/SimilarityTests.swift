import Foundations
import Testing

@testable import Traces

struct NearDuplicatesTests {
  private func text(_ count: Int, seed: UInt64) -> [String] {
    var stream = RandomStream(seed: seed, name: "text")
    return (0..<count).map { _ in "w\(stream.int(in: 0...5_000))" }
  }

  private func pairs(_ texts: [[String]], threshold: Double = 0.8) -> [NearDuplicates.Pair] {
    var search = NearDuplicates(threshold: threshold)
    for words in texts { search.add(TextSketch([words.joined(separator: " ")])) }
    return search.pairs
  }

  @Test func `texts with one changed word are found, other texts are not`() {
    let originals = (0..<200).map { text(60, seed: $0) }
    let copies = originals.enumerated().map { place, words in
      var words = words
      words[place % words.count] = "changed"
      return words
    }

    let found = pairs(originals + copies)

    #expect(found.map(\.first) == Array(0..<200))
    #expect(found.map(\.second) == Array(200..<400))
    #expect(found.allSatisfy { $0.similarity > 0.88 && $0.similarity < 1 })
  }

  @Test func `the similarity is that of the shingles, and the threshold decides`() {
    let a = ["a", "b", "c", "d", "e"]
    let b = ["a", "b", "c", "d", "x"]

    // Three shingles each, two in common, four in all.
    #expect(pairs([a, b], threshold: 0.5).map(\.similarity) == [0.5])
    #expect(pairs([a, b], threshold: 0.51).isEmpty)
  }

  @Test func `capitals and punctuation do not matter, and nothing equals nothing`() {
    let found = pairs([["What is", "2 + 2?"], ["what IS 2, 2"], [], ["?!"]])

    #expect(found == [NearDuplicates.Pair(first: 0, second: 1, similarity: 1)])
  }
}

struct ContaminationTests {
  private let items = [
    ("long", "A train leaves the station at noon and travels two hours at sixty miles an hour."),
    ("short", "What is 7 times 8?"),
  ]

  private func matches(_ text: String, threshold: Double = 0.5) -> [Contamination.Match] {
    Contamination(items: items.map { (name: $0.0, prompt: $0.1) }, threshold: threshold)
      .matches(in: text)
  }

  @Test func `a text that holds a prompt is found, also among other words`() {
    #expect(matches(items[0].1.uppercased()).map(\.overlap) == [1])
    #expect(matches("Tell me: " + items[0].1 + " Thanks!").map(\.item) == ["long"])
    #expect(matches("please, what is 7 times 8 ... quickly").map(\.item) == ["short"])
  }

  @Test func `half of a prompt counts as much as its runs`() {
    let half = "A train leaves the station at noon and travels two hours"

    // Of nine runs of eight words the half has four.
    let found = matches(half, threshold: 0.1)

    #expect(found.map(\.item) == ["long"])
    #expect(abs((found.first?.overlap ?? 0) - 4.0 / 9) < 1e-12)
    #expect(matches(half).isEmpty)
  }

  @Test func `other words and other numbers are not found`() {
    #expect(matches("What is 7 times 9?").isEmpty)
    #expect(matches("").isEmpty)
    #expect(matches("A plane leaves the harbour at night.").isEmpty)
  }
}
