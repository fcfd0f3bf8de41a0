public import Foundation

/// Times as texts: ISO 8601, UTC, milliseconds, such as `2025-01-31T09:30:00.000Z`.
public enum Timestamp {
  // More than a time's own rounding as a number of seconds, less than anybody measures.
  private static let slack: TimeInterval = 1e-6

  /// The text of a time, rounded down to the millisecond; a time that was read from a text gives that
  /// text again.
  public static func text(of date: Date) -> String {
    let date = date.addingTimeInterval(slack)
    return CivilTime(date)?.text ?? date.formatted(withFraction)
  }

  /// The time that an ISO 8601 text with or without fractional seconds names.
  public static func date(from text: String) -> Date? {
    CivilTime(text)?.date ?? (try? withFraction.parse(text))
      ?? (try? Date.ISO8601FormatStyle().parse(text))
  }

  private static var withFraction: Date.ISO8601FormatStyle {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  }
}

/// A time of the years 1600 to 9999 in its parts: every row that is read or exported has one, and
/// the library's formatting costs more than the row.
///
/// Earlier times are the library's, whose calendar is the Julian one before 1582.
private struct CivilTime {
  private let days: Int
  private let milliseconds: Int

  private static let dayMilliseconds = 86_400_000

  init?(_ date: Date) {
    let total = (date.timeIntervalSince1970 * 1000).rounded(.down)
    guard total >= -11_676_096_000_000, total < 253_402_300_800_000 else { return nil }
    let whole = Int(total)
    let rest = whole % Self.dayMilliseconds
    milliseconds = rest < 0 ? rest + Self.dayMilliseconds : rest
    days = (whole - milliseconds) / Self.dayMilliseconds
  }

  /// Reads the very form that `text` writes.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let pattern = Array("0000-00-00T00:00:00.000Z".utf8)
    guard bytes.count == pattern.count else { return nil }
    for (byte, wanted) in zip(bytes, pattern) {
      let isDigit = byte >= 0x30 && byte <= 0x39
      guard wanted == 0x30 ? isDigit : byte == wanted else { return nil }
    }
    func number(_ range: Range<Int>) -> Int {
      bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard year >= 1600, (1...12).contains(month), day > 0, hour < 24, minute < 60, second < 60,
      day <= Self.length(of: month, in: year)
    else { return nil }
    days = Self.days(year, month, day)
    milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + number(20..<23)
  }

  var date: Date {
    Date(
      timeIntervalSince1970: Double(days * Self.dayMilliseconds + milliseconds) / 1000
    )
  }

  var text: String {
    let (year, month, day) = Self.civil(days)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    func add(_ number: Int, _ digits: Int, _ mark: Unicode.Scalar) {
      var unit = digits == 4 ? 1000 : digits == 3 ? 100 : 10
      while unit > 0 {
        bytes.append(0x30 + UInt8(number / unit % 10))
        unit /= 10
      }
      bytes.append(UInt8(ascii: mark))
    }
    add(year, 4, "-")
    add(month, 2, "-")
    add(day, 2, "T")
    add(milliseconds / 3_600_000, 2, ":")
    add(milliseconds / 60_000 % 60, 2, ":")
    add(milliseconds / 1000 % 60, 2, ".")
    add(milliseconds % 1000, 3, "Z")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Days since 1970-01-01 of a date of the Gregorian calendar.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date of a number of days since 1970-01-01; the same source, civil_from_days.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func length(of month: Int, in year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}
