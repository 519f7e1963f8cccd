import Apps
import GRPCCore
import ModalProtocol
import Sandboxes

extension ControlPlane {
  /// The tasks of an environment or an app that have not finished.
  public func taskList(
    request: Modal_Client_TaskListRequest, context: ServerContext
  ) async throws -> Modal_Client_TaskListResponse {
    let appID = request.appID.isEmpty ? nil : request.appID
    // An app is named by its id alone, whatever environment it is in.
    let environment =
      appID == nil
      ? try await apps.environment(named: request.environmentName).name : nil
    let found = try await sandboxes.list(appID: appID, environment: environment, limit: .max)
    var descriptions: [String: String] = [:]
    for id in Set(found.map(\.appID)) {
      descriptions[id] = try? await apps.app(id).description
    }
    return .with {
      $0.tasks = found.map { sandbox in
        .with {
          $0.taskID = sandbox.taskID
          $0.appID = sandbox.appID
          $0.appDescription = descriptions[sandbox.appID] ?? ""
          $0.startedAt = sandbox.startedAt?.timeIntervalSince1970 ?? 0
          $0.enqueuedAt = sandbox.createdAt.timeIntervalSince1970
        }
      }
    }
  }

  /// What is known of a task, running or finished.
  public func taskGetInfo(
    request: Modal_Client_TaskGetInfoRequest, context: ServerContext
  ) async throws -> Modal_Client_TaskGetInfoResponse {
    let sandbox = try await sandboxes.info(taskID: request.taskID)
    return .with {
      $0.appID = sandbox.appID
      $0.info = .init(sandbox)
    }
  }

  /// Ends a task's sandbox; there are no inputs that it could finish first.
  public func containerStop(
    request: Modal_Client_ContainerStopRequest, context: ServerContext
  ) async throws -> Modal_Client_ContainerStopResponse {
    let sandbox = try await sandboxes.info(taskID: request.taskID)
    try await sandboxes.terminate(sandbox.id)
    return Modal_Client_ContainerStopResponse()
  }
}

extension Modal_Client_TaskInfo {
  init(_ sandbox: SandboxInfo) {
    self.init()
    id = sandbox.taskID
    sandboxID = sandbox.id
    enqueuedAt = sandbox.createdAt.timeIntervalSince1970
    startedAt = sandbox.startedAt?.timeIntervalSince1970 ?? 0
    finishedAt = sandbox.finishedAt?.timeIntervalSince1970 ?? 0
    if let end = sandbox.result { result = .init(end) }
  }
}
