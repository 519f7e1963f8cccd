import Apps
import Errors
import GRPCCore
import ModalProtocol
import SwiftProtobuf

extension ControlPlane {
  /// Looks an app up by name, or makes it.
  public func appGetOrCreate(
    request: Modal_Client_AppGetOrCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_AppGetOrCreateResponse {
    let creation: AppCreation
    switch request.objectCreationType {
    case .unspecified: creation = .never
    case .createIfMissing: creation = .ifMissing
    case .createFailIfExists: creation = .failIfExists
    default:
      throw SandlotError(
        .invalidArgument,
        "An app cannot be made with the creation type \(request.objectCreationType).")
    }
    let app = try await apps.find(
      name: request.appName, environment: request.environmentName, creation: creation)
    return .with {
      $0.appID = app.id
      $0.handleMetadata = .with {
        $0.appID = app.id
        $0.description_p = app.name ?? ""
        $0.environmentName = app.environment
      }
    }
  }

  /// Makes an app without a name that lives as long as its client does.
  public func appCreate(
    request: Modal_Client_AppCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_AppCreateResponse {
    let app = try await apps.createEphemeral(
      description: request.description_p, environment: request.environmentName)
    return .with {
      $0.appID = app.id
      $0.appPageURL = "sandlot:\(app.id)"
      $0.appLogsURL = "sandlot:\(app.id)"
    }
  }

  /// Accepts the state that a client announces for its app; apps with functions are refused.
  public func appPublish(
    request: Modal_Client_AppPublishRequest, context: ServerContext
  ) async throws -> Modal_Client_AppPublishResponse {
    guard request.functionIds.isEmpty, request.classIds.isEmpty else {
      throw SandlotError(
        .unimplemented, "This server runs sandboxes, not functions.",
        hint: "Run the code in a sandbox: modal.Sandbox.create(…).exec(…).")
    }
    let app = try await apps.app(request.appID)
    return .with { $0.url = "sandlot:\(app.id)" }
  }

  /// Keeps an ephemeral app alive.
  public func appHeartbeat(
    request: Modal_Client_AppHeartbeatRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await apps.heartbeat(request.appID)
    return Google_Protobuf_Empty()
  }

  /// Ends an ephemeral app and its sandboxes.
  public func appClientDisconnect(
    request: Modal_Client_AppClientDisconnectRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await apps.disconnect(request.appID)
    return Google_Protobuf_Empty()
  }

  /// Ends an app and its sandboxes.
  public func appStop(
    request: Modal_Client_AppStopRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await apps.stop(request.appID)
    return Google_Protobuf_Empty()
  }
}
