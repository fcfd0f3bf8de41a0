internal import Tensors

/// What stands between the two products of a feed-forward part.
enum Activation: Sendable {
  /// `silu(gate) * up`.
  case swiGLU
  /// `gelu(gate) * up`, tanh form.
  case geGLU
  /// `gelu(x)`, tanh form, without a gate.
  case gelu

  func apply(_ wide: Matrix, into y: Matrix) {
    switch self {
    case .swiGLU: Tensors.swiGLU(wide, into: y)
    case .geGLU: Tensors.geGLU(wide, into: y)
    case .gelu: Tensors.gelu(wide, into: y)
    }
  }

  /// Replaces the wide values by their gradients.
  func replaceByGradient(_ wide: Matrix, dy: Matrix) {
    switch self {
    case .swiGLU: replaceBySwiGLUGradient(wide, dy: dy)
    case .geGLU: replaceByGeGLUGradient(wide, dy: dy)
    case .gelu: replaceByGELUGradient(wide, dy: dy)
    }
  }
}
