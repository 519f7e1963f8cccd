import Edge
import Errors
import Foundation
import GRPCCore
import ModalProtocol
import Mounts
import SwiftProtobuf

extension ControlPlane {
  /// Which contents must be sent.
  public func mountBatchedCheckExistence(
    request: Modal_Client_MountBatchedCheckExistenceRequest, context: ServerContext
  ) async throws -> Modal_Client_MountBatchedCheckExistenceResponse {
    let missing = try await mounts.missing(request.sha256HexHashes)
    return .with {
      $0.missingSha256HexHashes = missing
      $0.checkedAt = Google_Protobuf_Timestamp(date: Date())
    }
  }

  /// Takes a content, or is told that it has been uploaded, or is only asked for it.
  public func mountPutFile(
    request: Modal_Client_MountPutFileRequest, context: ServerContext
  ) async throws -> Modal_Client_MountPutFileResponse {
    var exists = true
    switch request.dataOneof {
    case .data(let data): try await mounts.put([UInt8](data), sha256: request.sha256Hex)
    case .dataBlobID(let id): try await mounts.put(blobID: id, sha256: request.sha256Hex)
    case nil: exists = try await mounts.missing([request.sha256Hex]).isEmpty
    }
    return .with {
      $0.exists = exists
      $0.checkedAt = Google_Protobuf_Timestamp(date: Date())
    }
  }

  /// Makes a mount of contents that have been sent, or looks one up by its name.
  public func mountGetOrCreate(
    request: Modal_Client_MountGetOrCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_MountGetOrCreateResponse {
    let files = request.files.map {
      MountedFile(path: $0.filename, sha256: $0.sha256Hex, mode: $0.hasMode ? $0.mode : nil)
    }
    let mount: MountInfo
    switch request.objectCreationType {
    case .unspecified:
      mount = try await mounts.find(
        name: request.deploymentName, environment: mountEnvironment(request))
    case .anonymousOwnedByApp:
      mount = try await mounts.create(files, appID: apps.openApp(request.appID).id)
    case .ephemeral:
      mount = try await mounts.create(files)
    case .createIfMissing, .createOverwriteIfExists, .createFailIfExists:
      mount = try await mounts.create(
        name: request.deploymentName, environment: mountEnvironment(request), files,
        replacing: request.objectCreationType != .createFailIfExists)
    case .UNRECOGNIZED(let value):
      throw SandlotError(
        .invalidArgument, "The creation type \(value) of a mount is unknown to this server.")
    }
    return .with {
      $0.mountID = mount.id
      $0.handleMetadata = .with { $0.contentChecksumSha256Hex = mount.digest }
    }
  }

  private func mountEnvironment(
    _ request: Modal_Client_MountGetOrCreateRequest
  ) async throws -> String {
    guard request.namespace != .global else { return Mounts.shared }
    return try await apps.environment(named: request.environmentName).name
  }
}
