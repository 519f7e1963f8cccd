import Apps
import Errors
import GRPCCore
import ModalProtocol
import Sandboxes
import Store

extension ControlPlane {
  /// The apps of an environment that run or were stopped lately.
  public func appList(
    request: Modal_Client_AppListRequest, context: ServerContext
  ) async throws -> Modal_Client_AppListResponse {
    let found = try await apps.list(environment: request.environmentName)
    let counts = await sandboxes.countsByApp()
    return .with {
      $0.apps = found.map { .init($0, sandboxes: counts[$0.id] ?? 0) }
    }
  }

  /// The app of a name, running or stopped; none is no error, the client says so itself.
  public func appGetByDeploymentName(
    request: Modal_Client_AppGetByDeploymentNameRequest, context: ServerContext
  ) async throws -> Modal_Client_AppGetByDeploymentNameResponse {
    let environment = try await apps.environment(named: request.environmentName)
    let app = try await apps.latest(name: request.name, environment: environment)
    return .with {
      $0.environmentName = environment.name
      guard let app else { return }
      if app.state == .stopped { $0.previousAppID = app.id } else { $0.appID = app.id }
      $0.lifecycle = .init(app)
    }
  }

  /// Where an app is in its life.
  public func appGetLifecycle(
    request: Modal_Client_AppGetLifecycleRequest, context: ServerContext
  ) async throws -> Modal_Client_AppGetLifecycleResponse {
    let app = try await apps.app(request.appID)
    return .with { $0.lifecycle = .init(app) }
  }
}

extension Modal_Client_AppListResponse.AppListItem {
  fileprivate init(_ app: AppRow, sandboxes: Int) {
    self.init()
    appID = app.id
    description_p = app.description
    name = app.name ?? ""
    state = .init(app.state)
    createdAt = app.createdAt.timeIntervalSince1970
    stoppedAt = app.stoppedAt?.timeIntervalSince1970 ?? 0
    nRunningTasks = Int32(clamping: sandboxes)
    metadata = .with {
      $0.appID = app.id
      $0.description_p = app.description
      $0.environmentName = app.environment
      $0.lifecycle = .init(app)
    }
  }
}

extension Modal_Client_AppLifecycle {
  init(_ app: AppRow) {
    self.init()
    appState = .init(app.state)
    createdAt = app.createdAt.timeIntervalSince1970
    stoppedAt = app.stoppedAt?.timeIntervalSince1970 ?? 0
  }
}

extension Modal_Client_AppState {
  fileprivate init(_ state: AppRow.State) {
    self =
      switch state {
      case .deployed: .deployed
      case .ephemeral: .ephemeral
      case .stopped: .stopped
      }
  }
}
