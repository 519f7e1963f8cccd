import Apps
import Foundation
import GRPCCore
import ModalProtocol
import Sandboxes
import SwiftProtobuf

extension ControlPlane {
  /// A page of sandboxes, newest first; the SDK asks until a page is empty.
  public func sandboxListV2(
    request: Modal_Client_SandboxListRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxListResponse {
    let appID = request.appID.isEmpty ? nil : request.appID
    // An app is named by its id alone, whatever environment it is in.
    let environment =
      appID == nil ? try await apps.environment(named: request.environmentName).name : nil
    let page = try await sandboxes.list(
      appID: appID, environment: environment,
      includeFinished: request.includeFinished,
      tags: Dictionary(request.tags.map { ($0.tagName, $0.tagValue) }, uniquingKeysWith: { $1 }),
      before: request.beforeTimestamp > 0
        ? Date(timeIntervalSince1970: request.beforeTimestamp) : nil,
      limit: 100)
    return .with { $0.sandboxes = page.map(Modal_Client_SandboxInfo.init) }
  }

  /// The sandbox of a name in an app: the running one, or on request the last that ended.
  public func sandboxGetFromNameV2(
    request: Modal_Client_SandboxGetFromNameRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetFromNameResponse {
    let app = try await apps.find(
      name: request.appName, environment: request.environmentName, creation: .never)
    let sandbox = try await sandboxes.find(
      name: request.sandboxName, appID: app.id, appName: app.name,
      includeFinished: request.includeTerminated)
    return .with { $0.sandboxID = sandbox.id }
  }

  /// Names a running sandbox that has no name.
  public func sandboxSetName(
    request: Modal_Client_SandboxSetNameRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxSetNameResponse {
    try await sandboxes.setName(request.name, of: request.sandboxID)
    return Modal_Client_SandboxSetNameResponse()
  }

  /// Replaces a sandbox's tags.
  public func sandboxTagsSetV2(
    request: Modal_Client_SandboxTagsSetRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    try await sandboxes.setTags(
      Dictionary(request.tags.map { ($0.tagName, $0.tagValue) }, uniquingKeysWith: { $1 }),
      of: request.sandboxID)
    return Google_Protobuf_Empty()
  }

  /// A sandbox's tags.
  public func sandboxTagsGetV2(
    request: Modal_Client_SandboxTagsGetRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxTagsGetResponse {
    let sandbox = try await sandboxes.info(request.sandboxID)
    return .with { $0.tags = .init(tags: sandbox.tags) }
  }
}

extension [Modal_Client_SandboxTag] {
  init(tags: [String: String]) {
    self = tags.sorted { $0.key < $1.key }.map { name, value in
      .with {
        $0.tagName = name
        $0.tagValue = value
      }
    }
  }
}

extension Modal_Client_SandboxInfo {
  init(_ sandbox: SandboxInfo) {
    self.init()
    id = sandbox.id
    createdAt = sandbox.createdAt.timeIntervalSince1970
    appID = sandbox.appID
    name = sandbox.name ?? ""
    tags = .init(tags: sandbox.tags)
    imageID = sandbox.specification.imageID
    timeoutSecs = UInt32(clamping: sandbox.specification.timeoutSeconds)
    if let seconds = sandbox.specification.idleTimeoutSeconds {
      idleTimeoutSecs = UInt32(clamping: seconds)
    }
    metadata = .with { $0.appID = sandbox.appID }
    taskInfo = .init(sandbox)
  }
}
