/// The program's version, recorded with everything that it makes.
public enum ProductVersion {
  /// The version in force, semantic versioning.
  public static let current = "0.1.0"
}
