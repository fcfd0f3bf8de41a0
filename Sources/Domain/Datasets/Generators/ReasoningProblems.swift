import Foundations

/// The six templates of worked arithmetic.
enum ReasoningProblems: String, CaseIterable {
  case distance
  case percentage
  case cost
  case addition
  case subtraction
  case multiplication

  /// One problem; `isEasy` keeps its numbers small.
  func problem(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    switch self {
    case .distance: Self.distance(&stream, isEasy: isEasy)
    case .percentage: Self.percentage(&stream, isEasy: isEasy)
    case .cost: Self.cost(&stream, isEasy: isEasy)
    case .addition: Self.addition(&stream, isEasy: isEasy)
    case .subtraction: Self.subtraction(&stream, isEasy: isEasy)
    case .multiplication: Self.multiplication(&stream, isEasy: isEasy)
    }
  }
}

extension ReasoningProblems {
  private static func distance(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    let (speed, hours) = factors(&stream, isEasy: isEasy)
    let vehicle = stream.choice(WordLists.vehicles)
    let prompt = stream.choice([
      "A \(vehicle) travels at \(speed) km per hour for \(hours) hours. "
        + "How many km does it travel?",
      "At \(speed) km per hour, how many km does a \(vehicle) cover in \(hours) hours?",
      "A \(vehicle) keeps a speed of \(speed) km per hour. How far does it get in \(hours) hours?",
    ])
    return product(
      prompt,
      "distance = speed x time = \(speed) x \(hours)",
      speed,
      hours,
      answer: "\(speed * hours) km"
    )
  }

  private static func cost(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    let (price, count) = factors(&stream, isEasy: isEasy)
    let item = stream.choice(WordLists.goods)
    let name = stream.choice(WordLists.names)
    let prompt = stream.choice([
      "One \(item) costs \(price) dollars. How many dollars do \(count) of them cost?",
      "\(name) buys \(count) \(item)s at \(price) dollars each. What is the total cost in dollars?",
      "A shop sells each \(item) for \(price) dollars. What do \(count) \(item)s cost?",
    ])
    return product(
      prompt,
      "cost = price x count = \(price) x \(count)",
      price,
      count,
      answer: "\(price * count) dollars"
    )
  }

  private static func multiplication(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    let (a, b) = factors(&stream, isEasy: isEasy)
    let things = stream.choice(WordLists.things)
    let prompt = stream.choice([
      "What is \(a) x \(b)?",
      "Multiply \(a) by \(b).",
      "There are \(b) boxes with \(a) \(things) in each. How many \(things) are there in all?",
      "A hall has \(b) rows of \(a) chairs. How many chairs are there?",
    ])
    return product(prompt, "multiply \(a) x \(b)", a, b, answer: "\(a * b)")
  }

  private static func product(
    _ prompt: String,
    _ setup: String,
    _ a: Int,
    _ b: Int,
    answer: String
  ) -> Problem {
    Problem(
      prompt: prompt,
      answer: answer,
      steps: [(.setup, setup)] + Arithmetic.multiplication(a, b).map { (.calculation, $0) },
      groupKey: GroupKey.commutative("mul", [a, b])
    )
  }

  private static func percentage(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    let tenths = stream.int(in: 1...9)
    let tenth = stream.int(in: isEasy ? 2...12 : 2...30)
    let (percent, whole, part) = (tenths * 10, tenth * 10, tenths * tenth)
    let item = stream.choice(WordLists.goods)
    let prompt = stream.choice([
      "What is \(percent)% of \(whole)?",
      "Find \(percent) percent of \(whole).",
      "A \(item) costs \(whole) dollars. A sale takes \(percent)% off. "
        + "How many dollars does it take off?",
      "A school has \(whole) pupils and \(percent)% of them walk to school. How many walk?",
    ])
    return Problem(
      prompt: prompt,
      answer: "\(part)",
      steps: [
        (.calculation, "10% of \(whole) = \(tenth)"),
        (.calculation, "\(percent)% = \(tenths) x \(tenth) = \(part)"),
        (.check, "check: \(part) / \(tenths) = \(tenth)"),
      ],
      groupKey: GroupKey.commutative("percent", [percent, whole])
    )
  }

  private static func addition(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    let range = isEasy ? 11...49 : 11...99
    let (a, b) = (notRound(&stream, range), notRound(&stream, range))
    let name = stream.choice(WordLists.names)
    let things = stream.choice(WordLists.things)
    let prompt = stream.choice([
      "What is \(a) + \(b)?",
      "Add \(a) and \(b).",
      "\(name) has \(a) \(things) and gets \(b) more. How many \(things) are there now?",
      "One shelf holds \(a) \(things) and another holds \(b). How many \(things) together?",
    ])
    return Problem(
      prompt: prompt,
      answer: "\(a + b)",
      steps: [(.setup, "add \(a) + \(b)")]
        + Arithmetic.addition(a, b).map { (.calculation, $0) },
      groupKey: GroupKey.commutative("add", [a, b])
    )
  }

  private static func subtraction(_ stream: inout RandomStream, isEasy: Bool) -> Problem {
    let b = notRound(&stream, isEasy ? 11...29 : 11...69)
    let a = b + stream.int(in: isEasy ? 5...20 : 5...(99 - b))
    let name = stream.choice(WordLists.names)
    let things = stream.choice(WordLists.things)
    let prompt = stream.choice([
      "What is \(a) - \(b)?",
      "Subtract \(b) from \(a).",
      "\(name) has \(a) \(things) and gives away \(b). How many \(things) are left?",
      "A shop has \(a) \(things) and sells \(b) of them. How many \(things) remain?",
    ])
    return Problem(
      prompt: prompt,
      answer: "\(a - b)",
      steps: [(.setup, "subtract \(a) - \(b)")]
        + Arithmetic.subtraction(a, b).map { (.calculation, $0) }
        + [(.check, "check: \(a - b) + \(b) = \(a)")],
      groupKey: "sub:\(a),\(b)"
    )
  }

  private static func factors(_ stream: inout RandomStream, isEasy: Bool) -> (Int, Int) {
    (notRound(&stream, isEasy ? 11...49 : 11...99), stream.int(in: isEasy ? 2...5 : 2...9))
  }

  /// A number with tens and ones, so that taking it apart is worth a step.
  static func notRound(_ stream: inout RandomStream, _ range: ClosedRange<Int>) -> Int {
    while true {
      let number = stream.int(in: range)
      if !number.isMultiple(of: 10) { return number }
    }
  }
}
