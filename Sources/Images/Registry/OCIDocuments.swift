import Dockerfile

/// An image's manifest, or a list of them for several platforms (OCI image specification 1.1; Docker's
/// version 2, schema 2, has the same fields).
struct OCIManifest: Decodable {
  /// A blob by its digest.
  struct Descriptor: Decodable {
    var mediaType: String?
    var digest: String
    var size: Int64
    var platform: Platform?
  }

  struct Platform: Decodable {
    var architecture: String
    var os: String
  }

  var config: Descriptor?
  var layers: [Descriptor]?
  var manifests: [Descriptor]?
}

/// An image's configuration.
struct OCIConfig: Decodable {
  struct RootFilesystem: Decodable {
    /// Missing for an image without layers.
    var diffIDs: [String]?

    private enum CodingKeys: String, CodingKey {
      case diffIDs = "diff_ids"
    }
  }

  struct Process: Decodable {
    var env: [String]?
    var workingDir: String?
    var user: String?
    var entrypoint: [String]?
    var cmd: [String]?
    var shell: [String]?
    var labels: [String: String]?
    var exposedPorts: [String: Empty]?
    var volumes: [String: Empty]?
    var stopSignal: String?
    var onBuild: [String]?

    private enum CodingKeys: String, CodingKey {
      case env = "Env"
      case workingDir = "WorkingDir"
      case user = "User"
      case entrypoint = "Entrypoint"
      case cmd = "Cmd"
      case shell = "Shell"
      case labels = "Labels"
      case exposedPorts = "ExposedPorts"
      case volumes = "Volumes"
      case stopSignal = "StopSignal"
      case onBuild = "OnBuild"
    }
  }

  /// An object whose fields do not matter.
  struct Empty: Decodable {}

  var architecture: String?
  var os: String?
  var config: Process?
  var rootfs: RootFilesystem?

  /// What it says about processes, in the words of Dockerfiles.
  var imageConfig: ImageConfig {
    var result = ImageConfig.scratch
    guard let config else { return result }
    for variable in config.env ?? [] {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      result.env.set(String(parts[0]), to: parts.count == 2 ? String(parts[1]) : "")
    }
    if let directory = config.workingDir, directory.hasPrefix("/") {
      result.workingDirectory = directory
    }
    result.user = config.user ?? ""
    result.entrypoint = config.entrypoint
    result.cmd = config.cmd
    if let shell = config.shell, !shell.isEmpty { result.shell = shell }
    result.labels = config.labels ?? [:]
    result.exposedPorts = (config.exposedPorts ?? [:]).keys.sorted()
    result.volumes = (config.volumes ?? [:]).keys.sorted()
    result.stopSignal = config.stopSignal
    return result
  }

  /// What its users are to be told.
  func warnings(of name: String) -> [String] {
    let triggers = config?.onBuild ?? []
    guard !triggers.isEmpty else { return [] }
    return [
      "The image \(name) has ONBUILD instructions, which are not carried out: "
        + triggers.joined(separator: "; ")
    ]
  }
}
