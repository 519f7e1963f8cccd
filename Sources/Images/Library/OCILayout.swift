import Crypto
import Dockerfile
import Foundation
import Machines
import SystemPackage

/// An OCI image layout as it is written (OCI image specification 1.1): one image of one layer.
enum OCILayout {
  /// The file of a blob.
  static func blob(_ digest: String, in layout: FilePath) -> FilePath {
    layout.appending("blobs/sha256").appending(String(digest.dropFirst("sha256:".count)))
  }

  /// Writes all but the layer's blob, which is there.
  ///
  /// - Parameter layer: The digest of the layer, an archive that is not compressed.
  static func write(
    layer: String, _ size: Int64, _ config: ImageConfig, to layout: FilePath
  ) throws {
    let configuration = try put(Configuration(config, layer: layer), in: layout)
    let manifest = try put(
      Manifest(
        config: .init("application/vnd.oci.image.config.v1+json", configuration),
        layers: [.init("application/vnd.oci.image.layer.v1.tar", (layer, size))]), in: layout)
    let index = Index(manifests: [.init("application/vnd.oci.image.manifest.v1+json", manifest)])
    try HostFiles.write(Array(try encode(index)), to: layout.appending("index.json"))
    try HostFiles.write(
      #"{"imageLayoutVersion":"1.0.0"}"#, to: layout.appending("oci-layout"))
  }

  private static func put(
    _ document: some Encodable, in layout: FilePath
  ) throws -> (digest: String, size: Int64) {
    let data = try encode(document)
    let digest = "sha256:" + HostFiles.hexadecimal(SHA256.hash(data: data))
    try HostFiles.write(Array(data), to: blob(digest, in: layout))
    return (digest, Int64(data.count))
  }

  private static func encode(_ document: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(document)
  }

  private struct Descriptor: Encodable {
    var mediaType: String
    var digest: String
    var size: Int64

    init(_ type: String, _ content: (digest: String, size: Int64)) {
      mediaType = type
      digest = content.digest
      size = content.size
    }
  }

  private struct Index: Encodable {
    var schemaVersion = 2
    var manifests: [Descriptor]
  }

  private struct Manifest: Encodable {
    var schemaVersion = 2
    var mediaType = "application/vnd.oci.image.manifest.v1+json"
    var config: Descriptor
    var layers: [Descriptor]
  }

  private struct Configuration: Encodable {
    var architecture = "amd64"
    var os = "linux"
    var config: Process
    var rootfs: RootFilesystem

    init(_ config: ImageConfig, layer: String) {
      self.config = Process(config)
      rootfs = RootFilesystem(diff_ids: [layer])
    }
  }

  private struct RootFilesystem: Encodable {
    var type = "layers"
    var diff_ids: [String]
  }

  private struct Process: Encodable {
    var Env: [String]
    var WorkingDir: String
    var User: String
    var Entrypoint: [String]?
    var Cmd: [String]?
    var Labels: [String: String]
    var ExposedPorts: [String: [String: String]]
    var Volumes: [String: [String: String]]
    var StopSignal: String?

    init(_ config: ImageConfig) {
      Env = config.env.map { "\($0.name)=\($0.value)" }
      WorkingDir = config.workingDirectory
      User = config.user
      Entrypoint = config.entrypoint
      Cmd = config.cmd
      Labels = config.labels
      ExposedPorts = Dictionary(uniqueKeysWithValues: config.exposedPorts.map { ($0, [:]) })
      Volumes = Dictionary(config.volumes.map { ($0, [:]) }, uniquingKeysWith: { $1 })
      StopSignal = config.stopSignal
    }
  }
}
