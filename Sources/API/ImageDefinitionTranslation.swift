import Edge
import Errors
import Images
import ModalProtocol
import Sandboxes

extension ImageDefinition {
  /// Reads the SDK's definition, or refuses by name what cannot be built.
  init(_ request: Modal_Client_ImageGetOrCreateRequest) throws {
    let image = request.image
    func refuse(_ what: String, _ instead: String) -> SandlotError {
      SandlotError(.unimplemented, "\(what) cannot be built into an image yet.", hint: instead)
    }
    if !request.existingImageID.isEmpty {
      throw refuse("An existing image", "Use Image.from_id.")
    }
    if !request.buildFunctionID.isEmpty || image.hasBuildFunction {
      throw refuse("A Python function (run_function)", "Use run_commands.")
    }
    try Self.checkRegistry(image.imageRegistryConfig.registryAuthType)
    if image.arch == .aarch64 {
      throw refuse("An image for ARM", "Leave the architecture out: sandboxes are x86-64.")
    }
    if !image.volumeMounts.isEmpty {
      throw refuse("A volume mounted during the build", "Leave volumes= out.")
    }
    if image.gpuConfig.count > 0 || !image.gpuConfig.gpuType.isEmpty {
      throw SandlotError(
        .invalidArgument, "GPUs (gpu=) are not available in VM sandboxes.",
        hint: "Leave gpu= out of the build step.")
    }
    self.init(
      baseImages: Dictionary(
        image.baseImages.map { ($0.dockerTag, $0.imageID) }, uniquingKeysWith: { $1 }),
      commands: image.dockerfileCommands, buildArguments: image.buildArgs,
      contextMountID: image.contextMountID.isEmpty ? nil : image.contextMountID,
      contextFiles: image.contextFiles.map { (name: $0.filename, data: Array($0.data)) },
      builderVersion: request.builderVersion)
  }

  private static func checkRegistry(_ type: Modal_Client_RegistryAuthType) throws {
    let instead = "Use Image.from_registry with a secret of REGISTRY_USERNAME and REGISTRY_PASSWORD"
    switch type {
    case .unspecified, .public, .staticCreds: return
    case .aws:
      throw SandlotError(
        .unimplemented, "Logging in to AWS ECR (from_aws_ecr) is not supported.",
        hint: instead + ": 'AWS' and what 'aws ecr get-login-password' prints.")
    case .gcp:
      throw SandlotError(
        .unimplemented,
        "Logging in to Google's Artifact Registry (from_gcp_artifact_registry) is not supported.",
        hint: instead + ": '_json_key' and the key file's content.")
    case .UNRECOGNIZED(let number):
      throw SandlotError(
        .invalidArgument, "The registry's kind of login, \(number), is unknown.",
        hint: instead + ".")
    }
  }
}

extension RegistryCredentials {
  /// Reads those of a secret.
  ///
  /// Throws `SandlotError.invalidArgument` where the secret lacks one of the two variables.
  init(_ variables: [EnvironmentVariable]) throws {
    func value(_ name: String) throws -> String {
      guard let variable = variables.last(where: { $0.name == name }) else {
        throw SandlotError(
          .invalidArgument, "The registry's secret has no \(name).",
          hint: "Make it with REGISTRY_USERNAME and REGISTRY_PASSWORD.")
      }
      return variable.value
    }
    self.init(
      username: try value("REGISTRY_USERNAME"), password: try value("REGISTRY_PASSWORD"))
  }
}
