import Testing

@testable import CommandLine

struct TextTableTests {
  @Test func `columns are aligned, numbers to the right`() {
    var table = TextTable("name", ">size", "note")
    table.add("a", "1", "x")
    table.add("longer", "1000", "")

    #expect(
      table.text(orWhenEmpty: "nothing") == """
        NAME    SIZE  NOTE
        a          1  x
        longer  1000
        """
    )
  }

  @Test func `an empty table says so`() {
    #expect(TextTable("name").text(orWhenEmpty: "nothing") == "nothing")
  }

  @Test func `the lines of a fact stand under each other`() {
    var sheet = FactSheet()
    sheet.add("id", "7")
    sheet.add("prompt", "one\ntwo")
    sheet.add("absent", nil as String?)

    #expect(
      sheet.text == """
        id      7
        prompt  one
                two
        """
    )
  }
}
