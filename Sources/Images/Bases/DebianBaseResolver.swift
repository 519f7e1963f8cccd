import Dockerfile
import Errors
import SystemPackage

/// A prepared base image made of Debian bookworm's packages, Python among them.
public struct BaseImage: Sendable, Equatable {
  /// The qcow2 file.
  public var path: FilePath
  /// The version of its Python, as `3.11.2`.
  public var pythonVersion: String
  /// Names its content, as a digest of the file or of all that it was made from.
  public var identity: String

  /// A base image.
  public init(path: FilePath, pythonVersion: String, identity: String) {
    self.path = path
    self.pythonVersion = pythonVersion
    self.identity = identity
  }

  /// The base as it is, not standing in for another image.
  public var resolved: ResolvedBase {
    ResolvedBase(
      reference: "debian:bookworm", identity: "debian \(identity)", config: .scratch,
      source: .disk(path))
  }
}

/// Lets one base made of Debian packages stand in for the official images that it resembles.
public struct DebianBaseResolver: BaseResolver {
  private let base: BaseImage
  private let layers: LayerStore

  /// A resolver that knows one base, whose layer goes into a store.
  public init(base: BaseImage, layers: LayerStore) {
    self.base = base
    self.layers = layers
  }

  public func layers(
    of base: ResolvedBase, progress: @escaping @Sendable (String) -> Void
  ) async throws -> [String] {
    guard case .disk(let file) = base.source else { throw Self.noRegistry(base.reference) }
    return [try await layers.adoptBase(file, identity: "\(base.identity) 0")]
  }

  public func resolve(_ request: BaseRequest) async throws -> ResolvedBase {
    try await resolve(request, because: Self.noRegistry(request.reference))
  }

  /// What stands in for an image that cannot be had; throws the reason where nothing does.
  func resolve(
    _ request: BaseRequest, because reason: SandlotError
  ) async throws -> ResolvedBase {
    let reference = request.reference
    guard let kind = kind(of: OfficialImage(reference)) else { throw refusal(reason) }
    return ResolvedBase(
      reference: reference, identity: "debian \(base.identity)", config: config(for: kind),
      source: .disk(base.path),
      warnings: [
        "\(reference) cannot be pulled, since no registry is reached; a base made from Debian "
          + "bookworm packages with Python \(base.pythonVersion) stands in."
      ])
  }

  private enum Kind { case python, debian }

  private func kind(of image: OfficialImage?) -> Kind? {
    switch image?.repository {
    case "python": image?.hasTag(pythonTags) == true ? .python : nil
    case "debian":
      image?.hasTag(["bookworm", "bookworm-slim", "12", "12-slim"]) == true
        ? .debian : nil
    default: nil
    }
  }

  /// `3.11-slim-bookworm`; the patch version may be any.
  private var pythonTags: Set<String> { ["\(minor)-slim-bookworm"] }

  private var minor: String {
    base.pythonVersion.split(separator: ".").prefix(2).joined(separator: ".")
  }

  private func config(for kind: Kind) -> ImageConfig {
    var config = ImageConfig.scratch
    switch kind {
    case .debian:
      config.cmd = ["bash"]
    case .python:
      config.env.set("LANG", to: "C.UTF-8")
      config.env.set("PYTHON_VERSION", to: base.pythonVersion)
      config.cmd = ["python3"]
    }
    return config
  }

  /// The reason, with what can be done besides.
  private func refusal(_ reason: SandlotError) -> SandlotError {
    SandlotError(
      reason.code, reason.message,
      hint: (reason.hint.map { "\($0) " } ?? "")
        + "Without a registry there are debian:bookworm-slim and Python \(minor): "
        + "modal.Image.debian_slim(python_version=\"\(minor)\").")
  }

  private static func noRegistry(_ reference: String) -> SandlotError {
    SandlotError(
      .failedPrecondition, "The image \(reference) cannot be pulled: no registry is asked.")
  }
}
