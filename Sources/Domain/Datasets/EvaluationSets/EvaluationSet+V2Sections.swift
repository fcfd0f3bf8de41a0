extension EvaluationSet {
  /// The questions whose answer depends on every step of the way.
  static let traceSensitiveV2: [EvaluationQuestion] = [
    .init(
      "word_problem",
      "easy",
      "Ida has 12 coins, finds 7 and loses 5. How many coins has she now?",
      "14"
    ),
    .init(
      "word_problem",
      "easy",
      "A box holds 4 rows of 6 eggs. 5 of them break. How many eggs are whole?",
      "19"
    ),
    .init(
      "word_problem",
      "easy",
      "Tim saves 8 euros a week. He has 20 euros already. How many weeks until he has 60 euros?",
      "5"
    ),
    .init(
      "word_problem",
      "medium",
      "A ticket costs 14 euros for adults and half of that for children. What do 2 adults "
        + "and 3 children pay together, in euros?",
      "49"
    ),
    .init(
      "word_problem",
      "medium",
      "A tank holds 240 litres and is one third full. A pump adds 20 litres a minute. After "
        + "how many minutes is it full?",
      "8"
    ),
    .init(
      "word_problem",
      "medium",
      "A shop sells 45 jars on Monday, 20 percent more on Tuesday, and 9 fewer than that on "
        + "Wednesday. How many jars on all three days?",
      "144"
    ),
    .init(
      "word_problem",
      "medium",
      "Mara reads 24 pages a day. Her book has 312 pages, and she has read a quarter of it. "
        + "How many more days does she need, rounded up?",
      "10"
    ),
    .init(
      "word_problem",
      "medium",
      "A farmer has hens and goats: 20 heads and 56 legs in all. How many goats are there?",
      "8"
    ),
    .init(
      "word_problem",
      "medium",
      "A car uses 6 litres of fuel on 100 km. Fuel costs 1.50 euros a litre. What does the "
        + "fuel for 350 km cost, in euros?",
      "31.50"
    ),
    .init(
      "word_problem",
      "hard",
      "Two trains start 420 km apart and drive towards each other at 80 and 60 km/h. The "
        + "first one starts an hour before the second. How many hours after the first start do "
        + "they meet, as a fraction in lowest terms?",
      "24/7"
    ),
    .init(
      "word_problem",
      "hard",
      "A pipe fills a pool in 6 hours, another one in 3 hours; a drain empties it in 12 "
        + "hours. All three are open. In how many hours is the pool full, as a fraction in "
        + "lowest terms?",
      "12/5"
    ),
    .init(
      "word_problem",
      "hard",
      "A coat is reduced by 30 percent, then by another 20 percent, and now costs 84 euros. "
        + "What did it cost at first, in euros?",
      "150"
    ),
    .init(
      "word_problem",
      "hard",
      "Ana is three times as old as Ben. In 12 years she will be twice as old as he is "
        + "then. How old is Ana now?",
      "36"
    ),
    .init(
      "arithmetic",
      "medium",
      "Start with 17. Double it, add 6, divide by 5, then subtract 3. What is left?",
      "5"
    ),
    .init("arithmetic", "medium", "Evaluate ((48 - 12) / 4 + 7) * 3.", "48"),
    .init("arithmetic", "medium", "What is the sum of all whole numbers from 1 to 40?", "820"),
    .init("arithmetic", "medium", "What is 18 * 25 - 14 * 15 + 60 / 4?", "255"),
    .init(
      "arithmetic",
      "medium",
      "Add the digits of 98765, then multiply the sum by the first digit.",
      "315"
    ),
    .init(
      "arithmetic",
      "hard",
      "Evaluate 3/4 + 5/6 - 7/12 + 1/8 as a fraction in lowest terms.",
      "9/8"
    ),
    .init("arithmetic", "hard", "What is the sum of all odd numbers between 50 and 80?", "975"),
    .init(
      "arithmetic",
      "hard",
      "A number is raised by 20 percent and then lowered by 25 percent. Which percentage of "
        + "it is left?",
      "90"
    ),
    .init(
      "geometry",
      "medium",
      "A garden of 15 m by 10 m has a path of 1 m width around its outside. What is the "
        + "path's area in m²?",
      "54"
    ),
    .init(
      "geometry",
      "hard",
      "A cube of 6 cm edge length is painted and cut into cubes of 2 cm. How many small "
        + "cubes have paint on exactly two faces?",
      "12"
    ),
    .init(
      "geometry",
      "hard",
      "A ladder of 25 m leans against a wall, its foot 7 m from it. The foot slides out 8 m "
        + "further. By how many metres does the top come down?",
      "4"
    ),
    .init(
      "number_theory",
      "medium",
      "Which is the smallest number above 1 that leaves remainder 1 when divided by 4, by 5 "
        + "and by 6?",
      "61"
    ),
  ]

  /// The questions in which the form of prompt or answer matters.
  static let edgeCasesV2: [EvaluationQuestion] = [
    .init("formatting", "easy", "Write the word \"lantern\" in capital letters.", "LANTERN"),
    .init("formatting", "easy", "Write the letters of \"stone\" backwards.", "enots"),
    .init(
      "formatting",
      "easy",
      "Repeat the word \"plum\" three times, separated by single spaces.",
      "plum plum plum"
    ),
    .init("formatting", "easy", "How many letters does the word \"umbrella\" have?", "8"),
    .init(
      "formatting",
      "easy",
      "Put these words in alphabetical order, separated by commas without spaces: pear, "
        + "fig, apple.",
      "apple,fig,pear"
    ),
    .init(
      "formatting",
      "easy",
      "Which is the last word of this sentence: The quiet river bends north?",
      "north"
    ),
    .init(
      "formatting",
      "easy",
      "Write 1204500 with commas between groups of three digits.",
      "1,204,500"
    ),
    .init("formatting", "easy", "Write the date 7 March 2031 as YYYY-MM-DD.", "2031-03-07"),
    .init("formatting", "easy", "Reply with the single word yes, in lower case.", "yes"),
    .init(
      "formatting",
      "medium",
      "How many times does the letter e occur in \"electric engineer\"?",
      "5"
    ),
    .init(
      "formatting",
      "medium",
      "Write the first letters of these words as one word in capitals: reading every answer "
        + "line out.",
      "REALO"
    ),
    .init(
      "formatting",
      "medium",
      "Replace every vowel of \"banana split\" by a star.",
      "b*n*n* spl*t"
    ),
    .init("arithmetic", "easy", "   What   is  19   +   24  ?   ", "43"),
    .init("arithmetic", "easy", "What is -8 + 3?", "-5"),
    .init("arithmetic", "easy", "What is 734 * 0?", "0"),
  ]
}
