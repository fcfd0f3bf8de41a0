import Foundation
import Foundations
import TestSupport
import Testing
import Traces

struct TraceTests {
  private let valid: JSONValue = [
    "trace_version": "1.0", "prompt": "What is 2 + 2?", "final_answer": "4",
    "steps": [["i": 0, "type": "calculation", "content": "2 + 2 = 4", "note": "kept"]],
    "meta": ["category": "reasoning"], "source": ["kept", 1],
  ]

  private func withStep(_ step: JSONValue) -> JSONValue {
    valid.setting("steps", to: .array([step]))
  }

  @Test func `reading and writing keep every member, known or not`() throws {
    let trace = try Trace(json: valid)

    #expect(ContentHash(ofCanonical: trace.json) == ContentHash(ofCanonical: valid))
    #expect(trace.steps.first?.content == "2 + 2 = 4")
    #expect(trace.category == "reasoning")
    #expect(trace.extra.map(\.key) == ["source"])
    #expect(trace.steps.first?.extra.map(\.key) == ["note"])
  }

  @Test func `a null meta is no meta`() throws {
    let trace = try Trace(json: valid.setting("meta", to: .null))

    #expect(trace.meta == nil)
  }

  @Test(arguments: ["trace_version", "prompt", "final_answer", "steps"])
  func `a missing member is named by its pointer`(key: String) throws {
    let members = try #require(valid.object).filter { $0.key != key }

    #expect(throws: TraceError.missing(pointer: "/" + key)) {
      try Trace(json: .object(members))
    }
  }

  @Test(arguments: [
    ("prompt", 50_000), ("final_answer", 50_000), ("trace_version", 64),
  ])
  func `texts fit up to their limit and not beyond`(key: String, limit: Int) throws {
    let longest = String(repeating: "é", count: limit)

    _ = try Trace(json: valid.setting(key, to: .string(longest)))

    #expect(
      throws: TraceError.outOfBounds(
        pointer: "/" + key,
        expected: "1 to \(limit) characters",
        found: "\(limit + 1)"
      )
    ) {
      try Trace(json: valid.setting(key, to: .string(longest + "é")))
    }
    #expect(throws: TraceError.self) { try Trace(json: valid.setting(key, to: "")) }
  }

  @Test func `a step's wrong member is named by its pointer`() {
    #expect(
      throws: TraceError.wrongKind(
        pointer: "/steps/0/i",
        expected: "a whole number",
        found: "1.5"
      )
    ) {
      try Trace(json: withStep(["i": 1.5, "type": "a", "content": "b"]))
    }
    #expect(
      throws: TraceError.outOfBounds(
        pointer: "/steps/0/i",
        expected: "a number of 0 or more",
        found: "-1"
      )
    ) {
      try Trace(json: withStep(["i": -1, "type": "a", "content": "b"]))
    }
    #expect(
      throws: TraceError.wrongKind(
        pointer: "/steps/0/content",
        expected: "a string",
        found: "number"
      )
    ) {
      try Trace(json: withStep(["i": 1, "type": "a", "content": 5]))
    }
    #expect(throws: TraceError.wrongKind(pointer: "/steps/0", expected: "an object", found: "null"))
    {
      try Trace(json: withStep(.null))
    }
  }

  @Test func `step indices may leave gaps but not repeat`() throws {
    let step = { (i: Int) -> JSONValue in
      ["i": JSONValue(i), "type": "a", "content": "b"]
    }

    _ = try Trace(json: valid.setting("steps", to: [step(9), step(2)]))

    #expect(throws: TraceError.repeatedStepIndex(pointer: "/steps/1/i", index: 2)) {
      try Trace(json: valid.setting("steps", to: [step(2), step(2)]))
    }
  }

  @Test(arguments: [
    ([1, 2, 0], nil), ([2, 1, 1], 2), ([0, 5, 3, 5], 3), ([7, 7], 1), ([3, 1, 2, 3], 3),
  ])
  func `a repeated index is found in any order of indices`(indices: [Int], place: Int?) throws {
    let steps = indices.map { ["i": JSONValue($0), "type": "t", "content": "c"] as JSONValue }
    let record = valid.setting("steps", to: .array(steps))

    guard let place else {
      #expect(try Trace(json: record).steps.map(\.i) == indices)
      return
    }
    #expect(
      throws: TraceError.repeatedStepIndex(pointer: "/steps/\(place)/i", index: indices[place])
    ) {
      try Trace(json: record)
    }
  }

  @Test func `steps are between one and a thousand`() throws {
    let steps = (0..<1_001).map { i -> JSONValue in
      ["i": JSONValue(i), "type": "a", "content": "b"]
    }

    _ = try Trace(json: valid.setting("steps", to: .array(Array(steps.dropLast()))))

    #expect(throws: TraceError.self) { try Trace(json: valid.setting("steps", to: [])) }
    #expect(throws: TraceError.self) { try Trace(json: valid.setting("steps", to: .array(steps))) }
  }

  @Test func `meta is an object or null`() {
    #expect(
      throws: TraceError.wrongKind(
        pointer: "/meta",
        expected: "an object or null",
        found: "array"
      )
    ) {
      try Trace(json: valid.setting("meta", to: [1]))
    }
  }

  @Test func `a stored trace keeps the hash of its content`() throws {
    let trace = try Trace(json: valid)
    let stored = StoredTrace(id: .random(), createdAt: Date(timeIntervalSince1970: 0), trace: trace)

    #expect(stored.contentHash == ContentHash(ofCanonical: valid))
  }

  @Test func `a bad line is refused with its number`() throws {
    let good = valid.compact
    let text = good + "\n\n" + good + "\n{\"prompt\": 1}\n"

    #expect {
      try TraceLines.traces(of: Array(text.utf8))
    } throws: { error in
      "\(error)" == "line 4: trace /trace_version: this member is required"
    }
    #expect(try TraceLines.traces(of: Array((good + "\n" + good).utf8)).count == 2)
  }
}
