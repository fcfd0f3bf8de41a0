extension EvaluationSet {
  /// `eval_v2`: 100 questions, ids eval-v2-001 to eval-v2-100, in the sections core,
  /// trace_sensitive and edge_case.
  public static let evalV2 = EvaluationSet(
    checkedName: "eval_v2",
    items: EvaluationQuestion.items(coreV2, prefix: "eval-v2-", section: "core")
      + EvaluationQuestion.items(
        traceSensitiveV2,
        prefix: "eval-v2-",
        from: coreV2.count + 1,
        section: "trace_sensitive"
      )
      + EvaluationQuestion.items(
        edgeCasesV2,
        prefix: "eval-v2-",
        from: coreV2.count + traceSensitiveV2.count + 1,
        section: "edge_case"
      )
  )
}
