import Errors
import Images
import Testing

@Suite struct BaseResolverTests {
  private let resolver = DebianBaseResolver(
    base: BaseImage(path: "/base.qcow2", pythonVersion: "3.11.2", identity: "d"),
    layers: LayerStore(directory: "/nowhere"))

  @Test(arguments: [
    "python:3.11.12-slim-bookworm", "python:3.11-slim-bookworm",
    "docker.io/library/python:3.11.7-slim-bookworm", "library/python:3.11-slim-bookworm",
  ])
  func pythonIsStoodInForWithAWarning(reference: String) async throws {
    let base = try await resolver.resolve(BaseRequest(reference))
    #expect(base.source == .disk("/base.qcow2"))
    #expect(base.config.cmd == ["python3"])
    #expect(base.config.env.value(of: "PYTHON_VERSION") == "3.11.2")
    #expect(base.config.env.value(of: "LANG") == "C.UTF-8")
    #expect(base.config.env.value(of: "PATH")?.hasPrefix("/usr/local/sbin:") == true)
    #expect(
      base.warnings == [
        "\(reference) cannot be pulled, since no registry is reached; a base made from Debian "
          + "bookworm packages with Python 3.11.2 stands in."
      ])
  }

  @Test(arguments: [
    "debian:bookworm", "debian:bookworm-slim", "debian:12", "debian:12.5-slim",
    "debian:bookworm-20250428-slim", "debian:bookworm-20250428",
  ])
  func debianIsStoodInFor(reference: String) async throws {
    let base = try await resolver.resolve(BaseRequest(reference))
    #expect(base.config.cmd == ["bash"])
    #expect(base.config.env.value(of: "PYTHON_VERSION") == nil)
    #expect(base.warnings.count == 1)
  }

  @Test(arguments: [
    "python:3.12.10-slim-bookworm", "python:3.11-slim-trixie", "python:3.11", "python",
    "python:3.11.0rc1-slim-bookworm", "debian", "debian:trixie", "debian:12345678", "ubuntu:24.04",
    "quay.io/python:3.11-slim-bookworm", "someone/python:3.11-slim-bookworm",
    "python:3.11-slim-bookworm@sha256:0000", ":", "",
  ])
  func anythingElseIsRefusedByName(reference: String) async throws {
    let error = await #expect(throws: SandlotError.self) {
      try await resolver.resolve(BaseRequest(reference))
    }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("\(reference) cannot be pulled") == true)
    #expect(error?.hint?.contains("3.11") == true)
  }

  @Test func theDefaultImageIsWhatTheSDKSends() {
    let recipe = DefaultImage.recipe(builderVersion: "2025.06", pythonMinor: "3.11")
    #expect(recipe?.first == "FROM python:3.11.12-slim-bookworm")
    #expect(recipe?.count == 6)
    #expect(DefaultImage.recipe(builderVersion: "2025.06", pythonMinor: "2.7") == nil)
    #expect(DefaultImage.recipe(builderVersion: "2024.10", pythonMinor: "3.11") == nil)
  }
}
