public import Foundation
public import Foundations

/// Real model files that tests use where they are on the machine.
public enum TestModel {
  /// SmolLM2-135M-Instruct as Q4_1 GGUF, or nil where it is not installed.
  ///
  /// Looked for at `TUNIX_RT_TEST_MODEL`, then in the default workspace, then in the build folder.
  public static let smolLM2: URL? = {
    let name = "SmolLM2-135M-Instruct.Q4_1.gguf"
    var places: [URL] = []
    if let named = ProcessInfo.processInfo.environment["TUNIX_RT_TEST_MODEL"] {
      places.append(URL(filePath: named))
    }
    let home = FileManager.default.homeDirectoryForCurrentUser
    places.append(home.appending(path: ".tunix-rt/models").appending(path: name))
    places.append(Fixture.checkout.appending(path: ".build/models").appending(path: name))
    return places.first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  /// Whether the model is there; says once why tests are skipped if it is not.
  public static let hasSmolLM2: Bool = {
    if smolLM2 == nil {
      print("Tests with the real model are skipped: set TUNIX_RT_TEST_MODEL to its path.")
    }
    return smolLM2 != nil
  }()
}

extension ContentHash {
  /// The hash of the values as little-endian float32, as the fixtures' `sha256_f32` has it.
  public init(ofFloats values: [Float]) {
    var hasher = ContentHasher()
    unsafe values.withUnsafeBytes { bytes in unsafe hasher.update(bytes) }
    self = hasher.finish()
  }
}
