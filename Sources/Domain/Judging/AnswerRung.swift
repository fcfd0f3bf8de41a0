/// The places where an answer may stand, best first.
///
/// The first rung that holds an answer decides; a wrong answer there is not repaired by a right
/// one further down. The last four rungs depend on whether the expected answer is a number or a
/// text.
public enum AnswerRung: String, Hashable, Sendable, Codable, CaseIterable {
  /// A line that begins with `Answer:`, the place that was asked for; the last such line wins.
  case marker

  /// The text after the last `####`, as in GSM8K.
  case hashes

  /// The last `\boxed{…}`, as in MATH.
  case boxed

  /// The last "the answer is …", "final answer: …" or a heading "Answer" above a line.
  case phrase

  /// The right side of the last equation, when no later sentence holds a number.
  case equation

  /// The last number of the reply whose unit does not contradict the expected one.
  case number

  /// The last word or words in quotation marks, code marks or bold.
  case quoted

  /// A leading, else the last, free-standing yes, no, true or false.
  case yesNo = "yes_no"

  /// The end of the last (else the first) sentence that says "… is X", X no longer than the answer.
  case statement

  /// The whole reply, when it has no more words than the expected answer.
  case reply
}
