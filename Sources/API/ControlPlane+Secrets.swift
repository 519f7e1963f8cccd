import Errors
import Foundation
import GRPCCore
import ModalProtocol
import Secrets
import SwiftProtobuf

extension ControlPlane {
  /// Looks a secret up, or makes one.
  public func secretGetOrCreate(
    request: Modal_Client_SecretGetOrCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_SecretGetOrCreateResponse {
    let environment = try await apps.environment(named: request.environmentName).name
    let secret: SecretInfo
    switch request.objectCreationType {
    case .unspecified:
      secret = try await secrets.find(
        name: request.deploymentName, environment: environment,
        requiredKeys: request.requiredKeys)
    case .createIfMissing, .createFailIfExists, .createOverwriteIfExists:
      secret = try await secrets.create(
        name: request.deploymentName, environment: environment, variables: request.envDict,
        existing: ExistingSecret(request.objectCreationType))
    case .anonymousOwnedByApp:
      let app = try await apps.openApp(request.appID)
      secret = try await secrets.createAnonymous(
        environment: app.environment, appID: app.id, variables: request.envDict)
    case .ephemeral:
      secret = try await secrets.createAnonymous(
        environment: environment, appID: nil, variables: request.envDict)
    case .UNRECOGNIZED(let value):
      throw SandlotError(
        .invalidArgument, "The creation type \(value) of a secret is unknown to this server.")
    }
    return .with {
      $0.secretID = secret.id
      $0.metadata = .init(secret)
    }
  }

  /// A page of named secrets, newest first.
  public func secretList(
    request: Modal_Client_SecretListRequest, context: ServerContext
  ) async throws -> Modal_Client_SecretListResponse {
    let environment = try await apps.environment(named: request.environmentName).name
    let page = request.pagination
    // 0 is what a client sends that leaves the size of a page to the server.
    let limit = page.maxObjects > 0 ? min(Int(page.maxObjects), 100) : 100
    let found = try await secrets.list(
      environment: environment,
      before: page.createdBefore > 0 ? Date(timeIntervalSince1970: page.createdBefore) : nil,
      limit: limit)
    return .with {
      $0.environmentName = environment
      $0.items = found.map(Modal_Client_SecretListItem.init)
    }
  }

  /// Removes a secret.
  public func secretDelete(
    request: Modal_Client_SecretDeleteRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await secrets.delete(request.secretID)
    return Google_Protobuf_Empty()
  }

  /// Changes some variables of a secret.
  public func secretUpdate(
    request: Modal_Client_SecretUpdateRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    let changes = request.updates.map { ($0.key, $0.hasValue ? $0.value : nil) }
    try await secrets.update(
      request.secretID, Dictionary(changes, uniquingKeysWith: { $1 }))
    return Google_Protobuf_Empty()
  }

  /// What may be known of a secret.
  public func secretGetInfo(
    request: Modal_Client_SecretGetInfoRequest, context: ServerContext
  ) async throws -> Modal_Client_SecretGetInfoResponse {
    let secret = try await secrets.info(request.secretID)
    return .with { $0.metadata = .init(secret) }
  }
}

extension ExistingSecret {
  fileprivate init(_ creation: Modal_Client_ObjectCreationType) {
    self =
      switch creation {
      case .createIfMissing: .keep
      case .createOverwriteIfExists: .replace
      default: .refuse
      }
  }
}

extension Modal_Client_SecretMetadata {
  fileprivate init(_ secret: SecretInfo) {
    self.init()
    name = secret.name ?? ""
    creationInfo = .with { $0.createdAt = secret.createdAt.timeIntervalSince1970 }
    keys = secret.keys
    environmentName = secret.environment
    lastUsedAt = secret.lastUsedAt?.timeIntervalSince1970 ?? 0
  }
}

extension Modal_Client_SecretListItem {
  fileprivate init(_ secret: SecretInfo) {
    self.init()
    label = secret.name ?? ""
    createdAt = secret.createdAt.timeIntervalSince1970
    lastUsedAt = secret.lastUsedAt?.timeIntervalSince1970 ?? 0
    environmentName = secret.environment
    secretID = secret.id
    metadata = .init(secret)
  }
}
