/// The namespace of apps. There is one; creating more comes with the rest of the CLI.
public struct AppEnvironment: Sendable, Equatable {
  /// The id, fixed: an environment is nothing but its name.
  public let id: String
  /// The name that requests may give; none means this one too.
  public let name: String
  /// The image builder's version, which decides what the SDK sends for its default image. 2025.06
  /// pins the patch version of the base image and needs no files from the client.
  public let imageBuilderVersion: String

  /// The environment of every request.
  public static let main = AppEnvironment(
    id: "en-0000000000000000000000", name: "main", imageBuilderVersion: "2025.06")
}
