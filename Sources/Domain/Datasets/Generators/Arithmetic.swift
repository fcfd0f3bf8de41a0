/// Worked solutions that a small model can follow: every line does one small thing.
enum Arithmetic {
  /// Adds by tens and ones.
  static func addition(_ a: Int, _ b: Int) -> [String] {
    let tens = a / 10 * 10 + b / 10 * 10
    let ones = a % 10 + b % 10
    return [
      "tens: \(a / 10 * 10) + \(b / 10 * 10) = \(tens)",
      "ones: \(a % 10) + \(b % 10) = \(ones)",
      "\(tens) + \(ones) = \(a + b)",
    ]
  }

  /// Takes away the tens, then the ones.
  static func subtraction(_ a: Int, _ b: Int) -> [String] {
    let left = a - b / 10 * 10
    return ["\(a) - \(b / 10 * 10) = \(left)", "\(left) - \(b % 10) = \(a - b)"]
  }

  /// Multiplies tens and ones by one digit, then adds the two products.
  static func multiplication(_ a: Int, _ b: Int) -> [String] {
    let tens = a / 10 * 10 * b
    let ones = a % 10 * b
    return [
      "\(a / 10 * 10) x \(b) = \(tens)",
      "\(a % 10) x \(b) = \(ones)",
      "\(tens) + \(ones) = \(a * b)",
    ]
  }
}
