import Foundations
import TestSupport
import Testing

struct ContentHashTests {
  @Test func `hashes equal the reference`() throws {
    let entries = try #require(try Fixture.json("foundations/foundations.json")["hashes"]?.array)

    for entry in entries {
      let text = try #require(entry["text"]?.string)
      #expect(ContentHash(ofText: text).hex == entry["sha256"]?.string)
    }
  }

  @Test func `content in pieces has the hash of the whole`() {
    var hasher = ContentHasher()
    hasher.update(Array("ab".utf8))
    hasher.update(Array("c".utf8)[...])

    #expect(hasher.finish() == ContentHash(ofText: "abc"))
  }

  @Test func `only 64 lower-case digits are a hash`() {
    let hex = ContentHash(ofText: "abc").hex

    #expect(ContentHash(hex: hex)?.hex == hex)
    #expect(ContentHash(hex: hex.uppercased()) == nil)
    #expect(ContentHash(hex: String(hex.dropLast())) == nil)
    #expect(ContentHash(ofText: "abc").bytes.count == 32)
    #expect(ContentHash(ofText: "abc").bytes.first == 0xBA)
  }
}

struct IdentifierTests {
  private enum Thing {}

  @Test func `a text is a uuid in either case or nothing`() {
    let text = "0B6F7E2C-8E0A-4F3B-9C1D-2A3B4C5D6E7F"

    #expect(Identifier<Thing>(text)?.text == text.lowercased())
    #expect(Identifier<Thing>("not a uuid") == nil)
    #expect(Identifier<Thing>(text + "0") == nil)
  }

  @Test func `the same content gives the same version 8 identifier`() {
    let hash = ContentHash(ofText: "abc")

    let identifier = Identifier<Thing>(derivedFrom: hash)

    #expect(identifier == Identifier<Thing>(derivedFrom: hash))
    #expect(identifier != Identifier<Thing>(derivedFrom: ContentHash(ofText: "abd")))
    #expect(identifier.text == "ba7816bf-8f01-8fea-8141-40de5dae2223")
    #expect(Identifier<Thing>(identifier.text) == identifier)
  }

  @Test func `random identifiers are version 4 and differ`() {
    let identifiers = (0..<50).map { _ in Identifier<Thing>.random() }

    #expect(Set(identifiers).count == 50)
    #expect(identifiers.allSatisfy { Array($0.text.utf8)[14] == UInt8(ascii: "4") })
  }
}
