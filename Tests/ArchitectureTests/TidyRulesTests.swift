import Testing

struct TidyRulesTests {
  private let everywhere = Checkout.sources + Checkout.tests

  private func made(_ text: String, in path: String = "Domain/Traces") -> SwiftFile {
    SwiftFile(path: "Sources/\(path)/Made.swift", text: text)
  }

  private func sentences(_ files: [SwiftFile], _ rule: (SwiftFile) -> [Offence]) -> String {
    files.flatMap(rule).map { "\n\($0)" }.joined()
  }

  // MARK: - This checkout

  @Test func `files are short`() {
    #expect(sentences(everywhere, TidyRules.fileLength) == "")
  }

  @Test func `functions are short`() {
    #expect(sentences(everywhere, TidyRules.functionLength) == "")
  }

  @Test func `postponed work names its issue`() {
    #expect(sentences(everywhere, TidyRules.postponedWork) == "")
  }

  @Test func `raw memory stays in its rooms`() {
    #expect(sentences(Checkout.sources, TidyRules.unsafeOutsideItsRooms) == "")
  }

  @Test func `SQL stays in Persistence`() {
    #expect(sentences(Checkout.sources, TidyRules.sqlOutsidePersistence) == "")
  }

  @Test func `unchecked promises say what protects the state`() {
    #expect(sentences(everywhere, TidyRules.unexplainedPromises) == "")
  }

  @Test func `no task is detached`() {
    #expect(sentences(everywhere, TidyRules.detachedTasks) == "")
  }

  @Test func `Domain touches nothing outside`() {
    #expect(sentences(Checkout.sources, TidyRules.impureDomain) == "")
  }

  // MARK: - Each rule fires

  @Test func `a long file is found`() {
    let text = String(repeating: "let a = 1\n", count: 501)

    #expect(TidyRules.fileLength(made(text)).count == 1)
    #expect(TidyRules.fileLength(made(String(text.dropLast(10)))).isEmpty)
  }

  @Test(
    arguments: [
      "func long() throws {", "init(a: () -> Void = {}) {", "var long: [Int] {",
      "subscript(i: Int) -> Int {", "protocol P { func a() }\nextension P { func long() {",
    ])
  func `a long function is found`(header: String) {
    let blocks = header.filter { $0 == "{" }.count - header.filter { $0 == "}" }.count
    let end = "\n" + String(repeating: "}", count: blocks)
    let body = String(repeating: "\n  if a { b(\"}\") }  // }", count: 59)

    #expect(TidyRules.functionLength(made(header + body + end)).count == 1)
    let shorter = String(body.dropLast(body.count / 59))
    #expect(TidyRules.functionLength(made(header + shorter + end)).isEmpty)
  }

  @Test func `a long type and a long table are no functions`() {
    let lines = String(repeating: "  let a = 1\n", count: 99)

    #expect(TidyRules.functionLength(made("struct A {\n\(lines)}")).isEmpty)
    #expect(TidyRules.functionLength(made("let a = [\n\(lines)]")).isEmpty)
  }

  @Test func `postponed work without an issue is found`() {
    let text = "// TODO: later\n/* FIXME */\n// TODO #12: later\nlet a = \"TODO\""

    #expect(TidyRules.postponedWork(made(text)).map(\.line) == [1, 2])
  }

  @Test func `raw memory in another room is found`() {
    let text = "let a = unsafe b.pointee  // unsafe\n"

    #expect(TidyRules.unsafeOutsideItsRooms(made(text)).count == 1)
    #expect(TidyRules.unsafeOutsideItsRooms(made(text, in: "Engine/Tensors")).isEmpty)
  }

  @Test(
    arguments: [
      "SELECT id FROM trace", "INSERT INTO run VALUES (1)", "UPDATE run SET a = 1",
      "DELETE FROM run", "CREATE UNIQUE INDEX a ON b(c)", "PRAGMA journal_mode",
      "SELECT *\\nFROM a",
    ])
  func `SQL in another room is found`(statement: String) {
    let text = "// SELECT a FROM b\nlet a = \"\(statement)\""

    #expect(TidyRules.sqlOutsidePersistence(made(text)).map(\.line) == [2])
    #expect(TidyRules.sqlOutsidePersistence(made(text, in: "Platform/Persistence")).isEmpty)
  }

  @Test(
    arguments: [
      "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
      "// Fast.\nfinal class A: @unchecked Sendable {}",
    ])
  func `an unexplained promise is found`(text: String) {
    #expect(TidyRules.unexplainedPromises(made(text)).count == 1)
    let explained = "/// Protected by `lock`.\n" + text
    #expect(TidyRules.unexplainedPromises(made(explained)).isEmpty)
  }

  @Test func `a detached task is found`() {
    #expect(TidyRules.detachedTasks(made("Task.detached { }\nTask { }")).map(\.line) == [1])
  }

  @Test(
    arguments: ["FileManager.default", "Date()", "Date.now", "try Data(contentsOf: url)"])
  func `a look outside from Domain is found`(text: String) {
    #expect(TidyRules.impureDomain(made(text)).count == 1)
    #expect(TidyRules.impureDomain(made(text, in: "Ground/Files")).isEmpty)
    #expect(TidyRules.impureDomain(made("a.append(contentsOf: Date(b))")).isEmpty)
  }
}

struct SourceTextTests {
  @Test func `code, comments and literals are told apart`() {
    let source = SourceText(
      """
      let a = "one \\(b("two")) three" // four
      /* five
      six */ let c = #"se"ven"#
      let d = \"\"\"
        eight "nine"
        \"\"\"
      let `ten eleven` = e / f / g
      """
    )

    #expect(
      source.literals.map(\.text) == ["two", "one   three", "se\"ven", "\n  eight \"nine\"\n  "]
    )
    #expect(source.comments.map(\.line) == [1, 2, 3])
    #expect(source.tokens.contains { $0.text == "`ten eleven`" && $0.line == 7 })
    #expect(source.lineCount == 7)
  }

  @Test func `a regular expression is a literal and a division is not`() {
    let source = SourceText("f(/a\"{/)\nlet b = c / d / e\nlet g = #/x\"y/#")

    #expect(source.literals.map(\.text) == ["/a\"{/", "#/x\"y/#"])
    #expect(source.tokens.filter { $0.text == "/" }.count == 2)
  }
}
