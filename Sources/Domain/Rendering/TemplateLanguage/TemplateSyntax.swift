/// An expression of the template language.
indirect enum TemplateExpression: Sendable {
  case literal(TemplateValue)
  case name(String)
  case list([TemplateExpression])
  case map([(TemplateExpression, TemplateExpression)])
  case member(TemplateExpression, String)
  case index(TemplateExpression, TemplateExpression)
  case slice(TemplateExpression, TemplateExpression?, TemplateExpression?, TemplateExpression?)
  case call(TemplateExpression, TemplateArguments)
  case filter(TemplateExpression, String, TemplateArguments)
  case test(TemplateExpression, String, [TemplateExpression])
  case not(TemplateExpression)
  case negative(TemplateExpression)
  case binary(String, TemplateExpression, TemplateExpression)
  case choice(TemplateExpression, TemplateExpression, TemplateExpression)
}

/// The arguments of a call.
struct TemplateArguments: Sendable {
  var places: [TemplateExpression] = []
  var names: [(name: String, value: TemplateExpression)] = []
}

/// A statement of the template language.
indirect enum TemplateStatement: Sendable {
  case text(String)
  case output(TemplateExpression)
  case branch(
    [(condition: TemplateExpression, body: [TemplateStatement])],
    otherwise: [TemplateStatement]
  )
  case loop(String, TemplateExpression, TemplateExpression?, [TemplateStatement])
  case set(String, member: String?, TemplateExpression)
}
