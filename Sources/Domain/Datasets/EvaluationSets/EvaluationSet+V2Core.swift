extension EvaluationSet {
  /// The questions of the section core.
  static let coreV2: [EvaluationQuestion] = [
    .init("arithmetic", "easy", "Add 58 and 27.", "85"),
    .init("arithmetic", "easy", "Take 46 away from 83.", "37"),
    .init("arithmetic", "easy", "What is the product of 9 and 17?", "153"),
    .init("arithmetic", "easy", "Divide 91 by 7.", "13"),
    .init("arithmetic", "easy", "What is 125 + 75?", "200"),
    .init("arithmetic", "easy", "By how much is 310 larger than 185?", "125"),
    .init("arithmetic", "easy", "What is twice 67?", "134"),
    .init("arithmetic", "easy", "What is half of 258?", "129"),
    .init("arithmetic", "easy", "Evaluate 5 + 4 * 6.", "29"),
    .init("arithmetic", "easy", "Evaluate (5 + 4) * 6.", "54"),
    .init("arithmetic", "easy", "What is 11 squared?", "121"),
    .init("arithmetic", "easy", "What is the square root of 169?", "13"),
    .init("arithmetic", "easy", "What is 10 percent of 730?", "73"),
    .init("arithmetic", "easy", "What is 2.5 + 3.75?", "6.25"),
    .init("arithmetic", "easy", "What is 1000 - 364?", "636"),
    .init("arithmetic", "easy", "How much is 25 times 16?", "400"),
    .init("arithmetic", "medium", "Evaluate 84 / 7 + 9 * 5 - 13.", "44"),
    .init("arithmetic", "medium", "What is 37 times 43?", "1591"),
    .init("arithmetic", "medium", "What is 35 percent of 460?", "161"),
    .init("arithmetic", "medium", "Write 5/6 - 1/4 as a fraction in lowest terms.", "7/12"),
    .init("arithmetic", "medium", "What is the remainder when 1000 is divided by 37?", "1"),
    .init(
      "arithmetic",
      "medium",
      "Evaluate 2 to the power of 9, minus 3 to the power of 4.",
      "431"
    ),
    .init(
      "arithmetic",
      "medium",
      "A price of 80 euros is raised by 25 percent. What is the new price in euros?",
      "100"
    ),
    .init("arithmetic", "medium", "What is 0.4 * 0.35?", "0.14"),
    .init("geometry", "easy", "What is the area in cm² of a square with sides of 13 cm?", "169"),
    .init(
      "geometry",
      "easy",
      "What is the perimeter in m of a rectangle that is 14 m long and 6 m wide?",
      "40"
    ),
    .init("geometry", "easy", "How many sides does a heptagon have?", "7"),
    .init(
      "geometry",
      "easy",
      "A triangle has a base of 10 cm and a height of 8 cm. What is its area in cm²?",
      "40"
    ),
    .init(
      "geometry",
      "easy",
      "What is the volume in cm³ of a cube whose edges are 5 cm long?",
      "125"
    ),
    .init(
      "geometry",
      "easy",
      "How many degrees do the angles of a quadrilateral add up to?",
      "360"
    ),
    .init("geometry", "easy", "A circle has a radius of 21 cm. What is its diameter in cm?", "42"),
    .init(
      "geometry",
      "medium",
      "A box measures 12 cm by 5 cm by 4 cm. What is its surface area in cm²?",
      "256"
    ),
    .init(
      "geometry",
      "medium",
      "A trapezoid has parallel sides of 7 cm and 13 cm that are 6 cm apart. What is its "
        + "area in cm²?",
      "60"
    ),
    .init(
      "geometry",
      "medium",
      "How many degrees does each interior angle of a regular hexagon have?",
      "120"
    ),
    .init(
      "geometry",
      "medium",
      "How long is the diagonal in cm of a rectangle that measures 20 cm by 21 cm?",
      "29"
    ),
    .init(
      "geometry",
      "medium",
      "The area of a square is 196 m². What is its perimeter in m?",
      "56"
    ),
    .init("knowledge", "easy", "Which city is the capital of Canada?", "Ottawa"),
    .init(
      "knowledge",
      "easy",
      "Which gas do plants take from the air for photosynthesis?",
      "carbon dioxide"
    ),
    .init("knowledge", "easy", "Which ocean is the largest on Earth?", "Pacific"),
    .init("knowledge", "easy", "How many legs does an insect have?", "6"),
    .init("knowledge", "easy", "In which country do the pyramids of Giza stand?", "Egypt"),
    .init("knowledge", "medium", "Which chemical element has the atomic number 26?", "iron"),
    .init("conversion", "easy", "How many metres are 4.2 kilometres?", "4200"),
    .init("conversion", "easy", "How many seconds are 9 minutes?", "540"),
    .init("conversion", "easy", "How many grams are 0.75 kilograms?", "750"),
    .init("conversion", "easy", "How many days are 11 weeks?", "77"),
    .init("conversion", "medium", "Convert 35 degrees Celsius to degrees Fahrenheit.", "95"),
    .init("conversion", "medium", "How many metres per second are 90 kilometres per hour?", "25"),
    .init("number_theory", "easy", "What is the smallest prime number larger than 31?", "37"),
    .init("number_theory", "medium", "What is the least common multiple of 18 and 24?", "72"),
    .init("number_theory", "medium", "How many positive divisors does 60 have?", "12"),
    .init("number_theory", "hard", "What is the last digit of 7 to the power of 2026?", "9"),
    .init("pattern", "easy", "Which number comes next in 5, 9, 13, 17, …?", "21"),
    .init("pattern", "medium", "Which number comes next in 1, 4, 9, 16, 25, …?", "36"),
    .init("statistics", "medium", "What is the median of 12, 7, 3, 15 and 9?", "9"),
    .init(
      "probability",
      "hard",
      "Two fair dice are thrown. What is the probability that they add up to 9, as a "
        + "fraction in lowest terms?",
      "1/9"
    ),
    .init("algebra", "medium", "Solve 5x - 8 = 2x + 19 for x.", "9"),
    .init(
      "word_problem",
      "easy",
      "A shelf holds 28 books. Another one holds 15 more. How many books are on the second shelf?",
      "43"
    ),
    .init(
      "word_problem",
      "easy",
      "Five friends share 65 cherries equally. How many does each one get?",
      "13"
    ),
    .init(
      "word_problem",
      "easy",
      "A film begins at 18:40 and lasts 95 minutes. At what time does it end (24-hour clock)?",
      "20:15"
    ),
  ]
}
