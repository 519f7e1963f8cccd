import Apps
import Errors
import GRPCCore
import ModalProtocol
import SwiftProtobuf

extension ControlPlane {
  /// An environment under its name; no name means the default one.
  public func environmentGetOrCreate(
    request: Modal_Client_EnvironmentGetOrCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_EnvironmentGetOrCreateResponse {
    let environment = try await environment(
      request.deploymentName, creation: request.objectCreationType)
    return .with {
      $0.environmentID = environment.id
      $0.metadata = .with {
        $0.name = environment.name
        $0.settings = .with {
          $0.imageBuilderVersion = AppEnvironment.imageBuilderVersion
          $0.webhookSuffix = environment.webSuffix
        }
      }
    }
  }

  private func environment(
    _ name: String, creation: Modal_Client_ObjectCreationType
  ) async throws -> AppEnvironment {
    switch creation {
    case .unspecified: return try await apps.environment(named: name)
    case .createFailIfExists: return try await apps.environments.create(name)
    case .createIfMissing:
      do {
        return try await apps.environment(named: name)
      } catch let error as SandlotError where error.code == .notFound {
        return try await apps.environments.create(name)
      }
    default:
      throw SandlotError(
        .invalidArgument, "An environment cannot be made with the creation type \(creation).")
    }
  }

  /// Makes an environment.
  public func environmentCreate(
    request: Modal_Client_EnvironmentCreateRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    if request.isManaged || request.hasDefaultMemberRole || !request.defaultMemberRoleStr.isEmpty {
      throw SandlotError(
        .unimplemented, "Restricted environments are not supported: a server has no members.",
        hint: "Leave restricted= and default_role= out.")
    }
    guard request.environmentType == .unspecified else {
      throw SandlotError(.unimplemented, "Public environments are not supported.")
    }
    try await apps.environments.create(request.name)
    return Google_Protobuf_Empty()
  }

  /// All environments.
  public func environmentList(
    request: Google_Protobuf_Empty, context: ServerContext
  ) async throws -> Modal_Client_EnvironmentListResponse {
    let environments = try await apps.environments.list()
    return .with { $0.items = environments.map(Modal_Client_EnvironmentListItem.init) }
  }

  /// Changes an environment.
  public func environmentUpdate(
    request: Modal_Client_EnvironmentUpdateRequest, context: ServerContext
  ) async throws -> Modal_Client_EnvironmentListItem {
    if request.hasMaxConcurrentTasks || request.hasMaxConcurrentGpus {
      throw SandlotError(
        .unimplemented, "An environment has no limits of its own.",
        hint: "What all sandboxes together may have is the operator's setting memory_budget.")
    }
    let version = request.imageBuilderVersion
    guard version.isEmpty || version == AppEnvironment.imageBuilderVersion else {
      throw SandlotError(
        .unimplemented,
        "The image builder version \(version) is not supported: this server builds with "
          + "\(AppEnvironment.imageBuilderVersion).")
    }
    var changes = Environments.Changes()
    if request.hasName { changes.name = request.name.value }
    if request.hasWebSuffix { changes.webSuffix = request.webSuffix.value }
    return .init(try await apps.environments.update(request.currentName, changes))
  }

  /// Deletes an environment with all that lives in it.
  public func environmentDelete(
    request: Modal_Client_EnvironmentDeleteRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await apps.deleteEnvironment(request.name)
    return Google_Protobuf_Empty()
  }
}

extension Modal_Client_EnvironmentListItem {
  fileprivate init(_ environment: AppEnvironment) {
    self.init()
    name = environment.name
    webhookSuffix = environment.webSuffix
    createdAt = environment.createdAt.timeIntervalSince1970
    `default` = environment.isDefault
    environmentID = environment.id
  }
}
