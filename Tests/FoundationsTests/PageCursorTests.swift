import Foundations
import Testing

struct PageCursorTests {
  @Test(arguments: [0, 1, -1, 255, 1_000_000, Int64.max, Int64.min])
  func `a cursor is read back by its own list only`(position: Int64) {
    let text = PageCursor(after: position, scope: "a=b").text

    #expect(text.utf8.count == 16)
    #expect(PageCursor(text, scope: "a=b")?.position == position)
    #expect(PageCursor(text, scope: "a=c") == nil)
  }

  @Test(arguments: ["", "x", "0123456789abcdef", "................", "ÄÄÄÄÄÄÄÄ"])
  func `any other text is no cursor`(text: String) {
    #expect(PageCursor(text, scope: "") == nil)
  }
}
