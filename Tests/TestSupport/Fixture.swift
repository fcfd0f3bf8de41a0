public import Foundation
public import Foundations

/// Files of the checkout's `Fixtures` folder.
public enum Fixture {
  /// Where a fixture lies, by its path inside `Fixtures`.
  public static func url(_ path: String) -> URL {
    checkout.appending(path: "Fixtures").appending(path: path)
  }

  /// A fixture's bytes.
  public static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url(path)))
  }

  /// A fixture read as JSON.
  public static func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: bytes(path))
  }

  /// The checkout's root: the nearest folder above this file that holds `Fixtures`.
  public static let checkout: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let fixtures = folder.appending(path: "Fixtures")
      if FileManager.default.fileExists(atPath: fixtures.path) { return folder }
      folder.deleteLastPathComponent()
    }
    preconditionFailure("No folder above \(#filePath) holds Fixtures.")
  }()
}
