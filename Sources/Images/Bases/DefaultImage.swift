/// The image that the SDK asks for where a sandbox names none: `Image.debian_slim()` with the
/// client's own minor version of Python.
public enum DefaultImage {
  /// The commands that the SDK sends for it (modal 1.6.4, protocol.md §6.1); nil where this
  /// builder version or Python is unknown.
  public static func recipe(builderVersion: String, pythonMinor: String) -> [String]? {
    guard builderVersion == "2025.06", let python = pythonVersions[pythonMinor] else { return nil }
    return [
      "FROM python:\(python)-slim-bookworm",
      "RUN apt-get update",
      "RUN apt-get install -y gcc gfortran build-essential",
      "RUN pip install --upgrade pip wheel uv",
      "RUN echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections",
      #"CMD ["sleep", "172800"]"#,
    ]
  }

  /// The definition that a client's request for it becomes.
  public static func definition(builderVersion: String, pythonMinor: String) -> ImageDefinition? {
    recipe(builderVersion: builderVersion, pythonMinor: pythonMinor).map {
      ImageDefinition(commands: $0, builderVersion: builderVersion)
    }
  }

  /// The patch versions that builder version 2025.06 pins.
  private static let pythonVersions = [
    "3.10": "3.10.17", "3.11": "3.11.12", "3.12": "3.12.10", "3.13": "3.13.3", "3.14": "3.14.2",
    "3.15": "3.15.0",
  ]
}
