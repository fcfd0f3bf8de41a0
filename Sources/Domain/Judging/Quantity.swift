/// A number with its unit, and where it stood in the text.
struct Quantity: Hashable, Sendable {
  var number: ExactNumber
  var unit: MeasureUnit
  var range: Range<Int>

  /// A division that was written but not done, such as `84/2`.
  var isUndoneDivision = false

  /// Whether both are the same answer: equal values and units that agree.
  ///
  /// `25%` is also the number 0.25, so a percentage equals its plain number when the other side
  /// has no unit; because a unit may be left out, it equals 25 as well.
  func matches(_ other: Quantity) -> Bool {
    if unit.agrees(with: other.unit), number == other.number { return true }
    switch (unit, other.unit) {
    case (.percent, .none): return number.hundredth == other.number
    case (.none, .percent): return number == other.number.hundredth
    default: return false
    }
  }
}
