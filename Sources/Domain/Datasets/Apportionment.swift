/// Shares of a total in proportion to sizes.
public enum Apportionment {
  /// Divides a total in proportion to sizes, never above a cap, at least one each where possible.
  ///
  /// One unit at a time goes to whoever lacks most; ties go to the name that comes first in order,
  /// so the result depends on nothing but names and numbers.
  public static func shares(
    of total: Int,
    sizes: [String: Int],
    caps: [String: Int]
  ) -> [String: Int] {
    let names = sizes.keys.sorted()
    let whole = Double(max(sizes.values.reduce(0, +), 1))
    let shares = names.map { Double(total) * Double(sizes[$0, default: 0]) / whole }
    let limits = names.map { caps[$0, default: 0] }
    var given = names.map { _ in 0 }
    for _ in 0..<total {
      var next: Int?
      var largest = -Double.infinity
      for place in names.indices where given[place] < limits[place] {
        let isFirst = given[place] == 0 && total >= names.count
        let lack = isFirst ? Double.infinity : shares[place] - Double(given[place])
        if next == nil || lack > largest { (next, largest) = (place, lack) }
      }
      guard let next else { break }
      given[next] += 1
    }
    return Dictionary(uniqueKeysWithValues: zip(names, given))
  }
}
