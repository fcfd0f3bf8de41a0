/// Turns the LaTeX that models write into plain signs: `\frac{1}{2}` becomes `1/2`, `\text{ km}`
/// becomes ` km`, `\$` becomes `$`.
///
/// One pass with a stack of open braces, so nesting costs nothing. A fraction whose parts are more
/// than digits gets `÷` instead of `/`, so that it is not read as a number.
/// Text without a backslash or `{,}` is returned as it is.
struct PlainMathematics {
  private enum Group {
    case plain
    case numerator(start: Int)
    case denominator(start: Int, slash: Int, isSimple: Bool)
  }

  private var output: [Unicode.Scalar] = []
  private var groups: [Group] = []
  /// Set between `\frac` and its `{`, and between the two groups of a fraction.
  private var awaited: Group?

  static func plain(_ text: Scalars) -> Scalars {
    guard text.contains("\\") || text.firstIndex(of: "{,}") != nil else { return text }
    var reader = PlainMathematics()
    var index = text.startIndex
    while index < text.endIndex { index = reader.read(text, at: index) }
    return reader.output[...]
  }

  private mutating func read(_ text: Scalars, at index: Int) -> Int {
    let scalar = text[index]
    switch scalar {
    case "{":
      open()
    case "}":
      close(next: text.at(index + 1))
    case "\\":
      return readCommand(text, at: index + 1)
    default:
      if awaited != nil, scalar.isBlank { return index + 1 }
      awaited = nil
      output.append(scalar)
    }
    return index + 1
  }

  private mutating func open() {
    switch awaited {
    case .numerator:
      groups.append(.numerator(start: output.count))
    case .denominator(_, let slash, let isSimple):
      groups.append(.denominator(start: output.count, slash: slash, isSimple: isSimple))
    case .plain, nil:
      groups.append(.plain)
    }
    awaited = nil
  }

  private mutating func close(next: Unicode.Scalar?) {
    guard let group = groups.popLast() else { return }
    switch group {
    case .plain:
      break
    case .numerator(let start):
      let isSimple = isNumber(from: start)
      output.append(next == "{" && isSimple ? "/" : "\u{F7}")
      awaited = .denominator(start: 0, slash: output.count - 1, isSimple: isSimple)
    case .denominator(let start, let slash, let isSimple):
      if !isSimple || !isNumber(from: start) { output[slash] = "\u{F7}" }
    }
  }

  private func isNumber(from start: Int) -> Bool {
    start < output.count && output[start...].allSatisfy { $0.isDigit }
  }

  private mutating func readCommand(_ text: Scalars, at index: Int) -> Int {
    guard let first = text.at(index) else { return index }
    guard first.isLetter else {
      output += Self.signs[first] ?? [first]
      return index + 1
    }
    var end = index
    while let here = text.at(end), here.value < 128, here.isLetter { end += 1 }
    end = max(end, index + 1)
    let name = text[index..<end].string
    if ["frac", "dfrac", "tfrac", "cfrac"].contains(name) {
      if output.last.map(\.isDigit) == true { output.append(" ") }
      if let top = text.at(end), top.isDigit, let bottom = text.at(end + 1), bottom.isDigit {
        output += [top, "/", bottom]
        return end + 2
      }
      awaited = .numerator(start: 0)
    } else if name == "circ" {
      if output.last == "^" { output.removeLast() }
      output.append("\u{B0}")
    } else {
      output += (Self.commands[name] ?? " \(name) ").unicodeScalars
    }
    return end
  }

  private static let signs: [Unicode.Scalar: [Unicode.Scalar]] = [
    "(": [" "], ")": [" "], "[": [" "], "]": [" "], ",": [], "!": [], ";": [" "], ":": [" "],
    "\\": ["\n"],
  ]

  private static let commands: [String: String] = [
    "text": "", "textbf": "", "mathbf": "", "mathrm": "", "textit": "", "mbox": "", "boxed": "",
    "fbox": "", "left": "", "right": "", "displaystyle": "", "quad": " ", "qquad": " ",
    "times": "\u{D7}", "cdot": "\u{D7}", "div": "\u{F7}", "approx": "\u{2248}", "pi": "\u{3C0}",
    "sqrt": "\u{221A}", "pm": "\u{B1}", "dots": "...", "ldots": "...",
  ]
}
