import Edge
import Foundation
import GRPCCore
import ModalProtocol
import Sandboxes
import SwiftProtobuf

/// The first generation's RPCs: the use-cases of the second behind other names. Both take the ids of
/// both and find the same sandboxes.
extension ControlPlane {
  /// Creates a sandbox whose id an SDK takes for one of the first generation.
  public func sandboxCreate(
    request: Modal_Client_SandboxCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxCreateResponse {
    let sandbox = try await create(.init(request), generation: .v1)
    return .with {
      $0.sandboxID = sandbox.id
      $0.metadata = .with { $0.appID = sandbox.appID }
    }
  }

  /// The task of a sandbox.
  public func sandboxGetTaskId(
    request: Modal_Client_SandboxGetTaskIdRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetTaskIdResponse {
    try await sandboxGetTaskIdV2(request: request, context: context)
  }

  /// Where and with which token to reach the router of a task's sandbox.
  public func taskGetCommandRouterAccess(
    request: Modal_Client_TaskGetCommandRouterAccessRequest, context: ServerContext
  ) async throws -> Modal_Client_TaskGetCommandRouterAccessResponse {
    let access = try await routerAccess(to: sandboxes.info(taskID: request.taskID))
    return .with {
      $0.url = access.url
      $0.jwt = access.jwt
    }
  }

  /// Waits for a sandbox to end.
  public func sandboxWait(
    request: Modal_Client_SandboxWaitRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxWaitResponse {
    try await sandboxWaitV2(request: request, context: context)
  }

  /// The longest that one call waits for readiness, in seconds; JavaScript and Go ask for 50.
  private static let longestWait: Float = 600

  /// Waits until a sandbox's readiness probe has succeeded. Python asks the router.
  public func sandboxWaitUntilReady(
    request: Modal_Client_SandboxWaitUntilReadyRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxWaitUntilReadyResponse {
    let sandbox = try await sandboxes.info(request.sandboxID)
    let timeout = Duration.seconds(Double(min(max(0, request.timeout), Self.longestWait)))
    let date = try await sandboxes.waitUntilReady(taskID: sandbox.taskID, timeout: timeout)
    return .with { $0.readyAt = date.timeIntervalSince1970 }
  }

  /// Ends a sandbox. Idempotent.
  public func sandboxTerminate(
    request: Modal_Client_SandboxTerminateRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxTerminateResponse {
    try await sandboxTerminateV2(request: request, context: context)
  }

  /// A page of sandboxes of both generations.
  public func sandboxList(
    request: Modal_Client_SandboxListRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxListResponse {
    try await sandboxListV2(request: request, context: context)
  }

  /// The sandbox of a name, of either generation.
  public func sandboxGetFromName(
    request: Modal_Client_SandboxGetFromNameRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetFromNameResponse {
    try await sandboxGetFromNameV2(request: request, context: context)
  }

  /// Replaces a sandbox's tags.
  public func sandboxTagsSet(
    request: Modal_Client_SandboxTagsSetRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await sandboxTagsSetV2(request: request, context: context)
  }

  /// A sandbox's tags.
  public func sandboxTagsGet(
    request: Modal_Client_SandboxTagsGetRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxTagsGetResponse {
    try await sandboxTagsGetV2(request: request, context: context)
  }

  /// What is billed of a sandbox, without its price.
  public func sandboxGetResourceUsage(
    request: Modal_Client_SandboxGetResourceUsageRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetResourceUsageResponse {
    let statistics = try await sandboxes.statistics(request.sandboxID)
    return .with {
      $0.cpuCoreNanosecs = UInt64(statistics.billedCoreSeconds * 1e9)
      $0.memGibNanosecs = UInt64(statistics.billedGiBSeconds * 1e9)
    }
  }
}

extension Modal_Client_SandboxCreateV2Request {
  /// The first generation's request as the second's, which has all of its fields.
  package init(_ request: Modal_Client_SandboxCreateRequest) {
    self.init()
    appID = request.appID
    definition = request.definition
    tags = request.tags
  }
}
