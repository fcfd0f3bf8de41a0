/// How a file stores the rows of a weight: one row's blocks after another, little-endian.
///
/// Layouts: `ggml/src/ggml-common.h` of llama.cpp. These are the formats that a ``FrozenWeight``
/// keeps without loss; others are taken as float32.
public enum BlockFormat: Sendable, CaseIterable {
  /// 32-bit float.
  case f32
  /// 16-bit IEEE float.
  case f16
  /// The upper 16 bits of a 32-bit float.
  case bf16
  /// A scale d and 32 signed bytes: `d q`.
  case q8x0
  /// A scale d and 32 nibbles: `d (q - 8)`.
  case q4x0
  /// A scale d, a minimum m and 32 nibbles: `d q + m`.
  case q4x1
  /// A scale d and 32 numbers of five bits: `d (q - 16)`.
  case q5x0
  /// A scale d, a minimum m and 32 numbers of five bits: `d q + m`.
  case q5x1

  /// How many neighbouring values of a row one block holds.
  public var valuesPerBlock: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q8x0, .q4x0, .q4x1, .q5x0, .q5x1: 32
    }
  }

  /// How many bytes one block takes.
  public var bytesPerBlock: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q8x0: 34
    case .q4x0: 18
    case .q4x1: 20
    case .q5x0: 22
    case .q5x1: 24
    }
  }

  /// The bytes of a row of that many values, which must be whole blocks.
  public func bytesPerRow(_ columns: Int) -> Int {
    precondition(columns % valuesPerBlock == 0, "\(columns) values are not whole blocks of \(self)")
    return columns / valuesPerBlock * bytesPerBlock
  }

  /// The layout of panels that keeps this format without loss.
  var panelFormat: PanelFormat {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .q8x0, .q5x0: .byte
    case .q5x1: .byteMinimum
    case .q4x0: .nibble
    case .q4x1: .nibbleMinimum
    }
  }
}
