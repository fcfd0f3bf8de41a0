public import Foundation

/// Times as texts: ISO 8601, UTC, milliseconds, such as `2025-01-31T09:30:00.000Z`.
public enum Timestamp {
  /// The text of a time, rounded down to the millisecond.
  public static func text(of date: Date) -> String {
    date.formatted(withFraction)
  }

  /// The time that an ISO 8601 text with or without fractional seconds names.
  public static func date(from text: String) -> Date? {
    (try? withFraction.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
  }

  private static var withFraction: Date.ISO8601FormatStyle {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  }
}
