import Foundation

/// The answers of the built-in sets, worked out here from the questions' numbers and words, in the
/// questions' order.
enum EvaluationAnswers {
  static let v1: [String] = [
    whole(23 + 48), whole(92 - 37), whole(8 * 13), whole(144 / 12), whole(6 * (14 - 5) + 3),
    whole(15 * 240 / 100), whole(327 + 486 - 195), whole(3 * 96 / 4), "Lisbon", "Mercury", "Au",
    whole(["Africa", "Antarctica", "Asia", "Europe", "N", "Oceania", "S"].count), whole(34 - 9),
    whole(150 / 6), whole(18 * 60 / 45), money(420 / 3 * 7), whole(9 * 4), whole(4 * 11),
    whole(180 - 48 - 67), root(9 * 9 + 12 * 12), whole(35 * 60 / 10), whole((86 - 32) * 5 / 9),
    whole(24 * 2), whole(divisor(84, 126)), ratio(3, 3 + 5),
  ]

  static let v2: [String] = core + traceSensitive + edgeCases

  private static let core: [String] = [
    whole(58 + 27), whole(83 - 46), whole(9 * 17), whole(91 / 7), whole(125 + 75),
    whole(310 - 185), whole(2 * 67), whole(258 / 2), whole(5 + 4 * 6), whole((5 + 4) * 6),
    whole(11 * 11), root(169), whole(730 / 10), decimal(250 + 375, 100), whole(1000 - 364),
    whole(25 * 16), whole(84 / 7 + 9 * 5 - 13), whole(37 * 43), whole(35 * 460 / 100),
    ratio(5 * 4 - 1 * 6, 6 * 4), whole(1000 % 37), whole((1 << 9) - 3 * 3 * 3 * 3),
    whole(80 + 80 * 25 / 100), decimal(40 * 35, 10_000), whole(13 * 13), whole(2 * (14 + 6)),
    whole(7), whole(10 * 8 / 2), whole(5 * 5 * 5), whole((4 - 2) * 180), whole(2 * 21),
    whole(2 * (12 * 5 + 12 * 4 + 5 * 4)), whole((7 + 13) * 6 / 2), whole((6 - 2) * 180 / 6),
    root(20 * 20 + 21 * 21), whole(4 * (Int(root(196)) ?? 0)), "Ottawa", "carbon dioxide",
    "Pacific", whole(6), "Egypt", "iron", whole(42 * 100), whole(9 * 60), whole(75 * 10),
    whole(11 * 7), whole(35 * 9 / 5 + 32), whole(90 * 1000 / 3600), whole(prime(after: 31)),
    whole(18 * 24 / divisor(18, 24)), whole((1...60).count { 60 % $0 == 0 }),
    whole((0..<2026).reduce(1) { power, _ in power * 7 % 10 }), whole(17 + 4), whole(6 * 6),
    whole([12, 7, 3, 15, 9].sorted()[2]), dice(9), whole((19 + 8) / (5 - 2)), whole(28 + 15),
    whole(65 / 5), clock(18 * 60 + 40 + 95),
  ]

  private static let traceSensitive: [String] = [
    whole(12 + 7 - 5), whole(4 * 6 - 5), whole((60 - 20) / 8), whole(2 * 14 + 3 * 7),
    whole((240 - 240 / 3) / 20), whole(45 + 54 + (54 - 9)), whole((312 - 312 / 4 + 23) / 24),
    whole(goats(heads: 20, legs: 56)), money(6 * 350 / 100 * 150),
    // After h hours of the first: 80 h + 60 (h - 1) = 420.
    ratio(420 + 60, 80 + 60),
    // 1/6 + 1/3 - 1/12 of the pool an hour.
    ratio(12, 2 + 4 - 1), whole(8400 * 10 / 7 * 10 / 8 / 100), whole(age()),
    whole((17 * 2 + 6) / 5 - 3), whole(((48 - 12) / 4 + 7) * 3), whole((1...40).reduce(0, +)),
    whole(18 * 25 - 14 * 15 + 60 / 4), whole((9 + 8 + 7 + 6 + 5) * 9),
    ratio(18 + 20 - 14 + 3, 24), whole((50...80).filter { $0 % 2 == 1 }.reduce(0, +)),
    whole(120 * 75 / 100), whole(17 * 12 - 15 * 10), whole(12 * (6 / 2 - 2)),
    whole((Int(root(25 * 25 - 7 * 7)) ?? 0) - (Int(root(25 * 25 - 15 * 15)) ?? 0)),
    whole((2...1000).first { number in [4, 5, 6].allSatisfy { number % $0 == 1 } } ?? 0),
  ]

  private static let edgeCases: [String] = [
    "lantern".uppercased(), String("stone".reversed()),
    Array(repeating: "plum", count: 3).joined(separator: " "), whole("umbrella".count),
    ["pear", "fig", "apple"].sorted().joined(separator: ","),
    "The quiet river bends north".split(separator: " ").last.map(String.init) ?? "",
    grouped(1_204_500), ["2031", "03", "07"].joined(separator: "-"), "yes",
    whole("electric engineer".count { $0 == "e" }),
    "reading every answer line out".split(separator: " ").compactMap(\.first).map(String.init)
      .joined().uppercased(),
    String("banana split".map { "aeiou".contains($0) ? "*" : $0 }), whole(19 + 24), whole(-8 + 3),
    whole(734 * 0),
  ]
}

extension EvaluationAnswers {
  private static func whole(_ number: Int) -> String { String(number) }

  /// The square root of a square.
  private static func root(_ square: Int) -> String {
    (0...square).first { $0 * $0 == square }.map(String.init) ?? "no square"
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }

  private static func ratio(_ top: Int, _ bottom: Int) -> String {
    let shared = divisor(top, bottom)
    return "\(top / shared)/\(bottom / shared)"
  }

  /// Cents as euros.
  private static func money(_ cents: Int) -> String { String(format: "%.2f", Double(cents) / 100) }

  private static func decimal(_ top: Int, _ bottom: Int) -> String {
    String(format: "%g", Double(top) / Double(bottom))
  }

  private static func prime(after number: Int) -> Int {
    (number + 1...2 * number).first { candidate in
      (2..<candidate).allSatisfy { candidate % $0 != 0 }
    } ?? 0
  }

  private static func dice(_ sum: Int) -> String {
    ratio((1...6).reduce(0) { $0 + ((1...6).contains(sum - $1) ? 1 : 0) }, 36)
  }

  private static func clock(_ minutes: Int) -> String { "\(minutes / 60):\(minutes % 60)" }

  private static func goats(heads: Int, legs: Int) -> Int {
    (0...heads).first { 4 * $0 + 2 * (heads - $0) == legs } ?? -1
  }

  /// Ana's age: three times Ben's, twice his in 12 years.
  private static func age() -> Int {
    (1...50).first { 3 * $0 + 12 == 2 * ($0 + 12) }.map { 3 * $0 } ?? -1
  }

  private static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }
}
