import Foundation
import Foundations

/// Quantities as people read them.
enum HumanText {
  /// A size: `98.4 MB`, with decimal units.
  static func size(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(bytes) bytes" : "\(fixed(value, 1)) \(units[unit])"
  }

  /// A share of one: `50.8 %`.
  static func percent(_ share: Double) -> String {
    "\(fixed(share * 100, 1)) %"
  }

  /// A difference of two shares in percentage points, always with its sign.
  static func points(_ difference: Double) -> String {
    (difference < 0 ? "" : "+") + fixed(difference * 100, 1) + " points"
  }

  /// A p value: short, and never rounded to zero.
  static func pValue(_ value: Double) -> String {
    value >= 0.001 ? fixed(value, 3) : String(format: "%.1e", value)
  }

  /// A duration: `3.4 s` or `2 min 05 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds >= 60 else { return "\(fixed(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    return "\(whole / 60) min \(whole % 60 < 10 ? "0" : "")\(whole % 60) s"
  }

  /// A time in UTC, to the second.
  static func time(_ date: Date) -> String {
    String(Timestamp.text(of: date).prefix(19)).replacing("T", with: " ")
  }

  /// The first characters of an identifier or a hash, enough to type.
  static func short(_ text: String) -> String {
    String(text.prefix(8))
  }

  /// A text on one line, cut where it is longer than the width.
  static func line(_ text: String, width: Int) -> String {
    let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return flat.count <= width ? flat : flat.prefix(width - 1) + "…"
  }

  /// An object of settings on one line: `learning_rate 0.001, lora_r 16`; objects inside it stand
  /// on lines of their own.
  static func settings(_ json: JSONValue) -> String {
    if let text = json.string { return text }
    if let list = json.array { return list.map(settings).joined(separator: " ") }
    guard let members = json.object?.filter({ !$0.value.isNull }) else { return json.compact }
    let nested = members.filter { $0.value.object != nil }
    let plain = members.filter { $0.value.object == nil }
      .map { "\($0.key) \(settings($0.value))" }.joined(separator: ", ")
    return (nested.map { "\($0.key): \(settings($0.value))" } + [plain])
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// A summary number, by what its name says that it is.
  static func metric(_ name: String, _ value: JSONValue) -> String {
    guard let number = value.double else { return value.string ?? value.compact }
    if name.hasSuffix("accuracy") { return percent(number) }
    if name.hasSuffix("p_value") { return pValue(number) }
    if name.hasSuffix("_seconds") { return duration(number) }
    return number.rounded() == number ? value.compact : fixed(number, 4)
  }

  /// A number with a fixed count of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}
