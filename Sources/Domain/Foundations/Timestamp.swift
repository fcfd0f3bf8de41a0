public import Foundation

/// Times as texts: ISO 8601, UTC, milliseconds, such as `2025-01-31T09:30:00.000Z`.
public enum Timestamp {
  // More than a time's own rounding as a number of seconds, less than anybody measures.
  private static let slack: TimeInterval = 1e-6

  /// The text of a time, rounded down to the millisecond; a time that was read from a text gives that
  /// text again.
  public static func text(of date: Date) -> String {
    date.addingTimeInterval(slack).formatted(withFraction)
  }

  /// The time that an ISO 8601 text with or without fractional seconds names.
  public static func date(from text: String) -> Date? {
    (try? withFraction.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
  }

  private static var withFraction: Date.ISO8601FormatStyle {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  }
}
