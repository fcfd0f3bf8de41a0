/// What can go wrong when a judge is asked for.
public enum JudgingError: Error, Hashable, CustomStringConvertible {
  /// No judge has this name and version.
  case unknownJudge(String, known: [String])

  /// A sentence for people.
  public var description: String {
    switch self {
    case .unknownJudge(let name, let known):
      "there is no judge \"\(name)\"; known judges: \(known.joined(separator: ", "))"
    }
  }
}

/// The judges that this product has.
public enum Judges {
  /// Every judge, oldest version first.
  public static let all: [any Judge] = [AnswerCorrectnessV1(), AnswerCorrectnessV2()]

  /// The judge of record when none is asked for.
  public static let standard: any Judge = AnswerCorrectnessV2()

  /// Finds a judge by its written identity, for example `answer_correctness@v2`.
  public static func named(_ name: String) throws(JudgingError) -> any Judge {
    guard let judge = all.first(where: { $0.identity.description == name }) else {
      throw .unknownJudge(name, known: all.map(\.identity.description))
    }
    return judge
  }
}
