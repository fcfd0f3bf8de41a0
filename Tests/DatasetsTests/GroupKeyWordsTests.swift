import Datasets
import Foundations
import Testing

struct GroupKeyWordsTests {
  @Test(arguments: [
    ("What is 2 + 3?", "prompt:what is 2 3"), ("  A--b\tC_d\n", "prompt:a b c d"),
    ("ÉTÉ, 2½ naïve!", "prompt:été 2½ naïve"), ("x🙂y", "prompt:x🙂y"), ("one", "prompt:one"),
  ])
  func `a prompt's key is its words`(prompt: String, key: String) {
    #expect(GroupKey.of(named: nil, prompt: prompt) == key)
    #expect(GroupKey.of(named: "", prompt: prompt) == key)
    #expect(GroupKey.of(named: "own", prompt: prompt) == "own")
  }

  @Test func `a prompt without words or with very many is named by a hash`() {
    for prompt in ["?!", "", String(repeating: "word ", count: 60)] {
      #expect(GroupKey.of(named: nil, prompt: prompt).hasPrefix("prompt-sha256:"))
    }
  }

  @Test func `ASCII has the same key alone and beside other characters`() {
    var stream = RandomStream(seed: 5, name: "group keys")
    for _ in 0..<500 {
      let scalars = (0..<stream.int(in: 1...60)).map { _ in
        Character(UnicodeScalar(UInt8(stream.int(in: 0...127))))
      }
      let plain = GroupKey.of(named: nil, prompt: "a" + String(scalars))
      let beside = GroupKey.of(named: nil, prompt: "a" + String(scalars) + " é")

      #expect(plain + " é" == beside, "\(String(scalars).debugDescription)")
    }
  }
}
