public import Files

/// What can go wrong when a file of weights is read or written.
public enum FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file could not be opened, read or written.
  case file(FileError)

  /// The bytes at `offset` are not what the format asks for.
  case damaged(path: String, offset: Int, expected: String, found: String)

  /// The file is well formed, but asks for something that this program does not know.
  case unsupported(path: String, what: String, supported: [String])

  /// The file or folder is not a model at all.
  case notAModel(path: String, reason: String)

  /// A setting of the model is missing or makes no sense.
  case invalidSetting(path: String, key: String, expected: String, found: String)

  /// The model has no tensor of that name.
  case missingTensor(path: String, name: String)

  /// A caller asked for rows or a buffer that do not fit the tensor.
  case wrongSize(name: String, expected: Int, found: Int)

  /// A tensor has another shape than the model's settings ask for.
  case wrongShape(path: String, name: String, expected: [Int], found: [Int])

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .damaged(let path, let offset, let expected, let found):
      "\(path) is damaged at byte \(offset): expected \(expected), found \(found)"
    case .unsupported(let path, let what, let supported):
      "\(path): \(what) is not supported; supported: \(supported.joined(separator: ", "))"
    case .notAModel(let path, let reason): "\(path) is not a model: \(reason)"
    case .invalidSetting(let path, let key, let expected, let found):
      "\(path): \(key) must be \(expected), found \(found)"
    case .missingTensor(let path, let name): "\(path) has no tensor \(name)"
    case .wrongShape(let path, let name, let expected, let found):
      "\(path): tensor \(name) must have the shape \(expected), found \(found)"
    case .wrongSize(let name, let expected, let found):
      "tensor \(name): expected \(expected) values or rows, found \(found)"
    }
  }
}
