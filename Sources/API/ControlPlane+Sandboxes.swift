import Edge
import Errors
import GRPCCore
import ModalProtocol
import Sandboxes

extension ControlPlane {
  /// Creates a sandbox; answers before its machine runs.
  public func sandboxCreateV2(
    request: Modal_Client_SandboxCreateV2Request, context: ServerContext
  ) async throws -> Modal_Client_SandboxCreateV2Response {
    let sandbox = try await create(request, generation: .v2)
    let access = try await routerAccess(to: sandbox)
    return .with {
      $0.sandboxID = sandbox.id
      $0.taskID = sandbox.taskID
      $0.metadata = .with { $0.appID = sandbox.appID }
      $0.commandRouterAccess = access
    }
  }

  /// Creates a sandbox of either generation.
  func create(
    _ request: Modal_Client_SandboxCreateV2Request, generation: SandboxGeneration
  ) async throws -> SandboxInfo {
    var specification = try SandboxSpecification(request)
    specification.environment = try await secrets.environment(request.environmentSources)
    _ = try await apps.openApp(specification.appID)
    if request.definition.resources.memoryMbMax > request.definition.resources.memoryMb {
      Warnings.current?.add(
        "The memory of a VM sandbox is static: it has what was requested, and the limit of "
          + "\(request.definition.resources.memoryMbMax) MiB counts for nothing.")
    }
    let sandbox = try await sandboxes.create(
      specification, generation: generation, idempotencyKey: CallMetadata.current.idempotencyKey)
    try await endIfAppStopped(sandbox)
    return sandbox
  }

  /// An app that was stopped during the creation has not seen this sandbox, which nobody else ends.
  private func endIfAppStopped(_ sandbox: SandboxInfo) async throws {
    do {
      _ = try await apps.openApp(sandbox.appID)
    } catch {
      try await sandboxes.terminate(sandbox.id)
      throw error
    }
  }

  /// The task of a sandbox: there is one from the beginning.
  public func sandboxGetTaskIdV2(
    request: Modal_Client_SandboxGetTaskIdRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetTaskIdResponse {
    let sandbox = try await sandboxes.info(request.sandboxID)
    return .with {
      $0.taskID = sandbox.taskID
      if let result = sandbox.result { $0.taskResult = .init(result) }
    }
  }

  /// Where and with which token to reach a sandbox's router.
  public func sandboxGetCommandRouterAccess(
    request: Modal_Client_SandboxGetCommandRouterAccessRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetCommandRouterAccessResponse {
    let sandbox =
      switch request.target {
      case .sandboxID(let id): try await sandboxes.info(id)
      case .taskID(let id): try await sandboxes.info(taskID: id)
      case nil:
        throw SandlotError(.invalidArgument, "The request names neither a sandbox nor a task.")
      }
    let access = try await routerAccess(to: sandbox)
    return .with {
      $0.url = access.url
      $0.jwt = access.jwt
    }
  }

  /// Waits for a sandbox to end, at most as long as the request says.
  public func sandboxWaitV2(
    request: Modal_Client_SandboxWaitRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxWaitResponse {
    let timeout = min(max(0, Double(request.timeout)), 60)
    let result = try await sandboxes.wait(request.sandboxID, timeout: .seconds(timeout))
    let sandbox = try await sandboxes.info(request.sandboxID)
    return .with {
      $0.metadata = .with { $0.appID = sandbox.appID }
      if let result { $0.result = .init(result) }
    }
  }

  /// Ends a sandbox. Idempotent.
  public func sandboxTerminateV2(
    request: Modal_Client_SandboxTerminateRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxTerminateResponse {
    try await sandboxes.terminate(request.sandboxID)
    return Modal_Client_SandboxTerminateResponse()
  }

  /// The router's address and a token for one sandbox.
  func routerAccess(
    to sandbox: SandboxInfo
  ) async throws -> Modal_Client_CommandRouterAccess {
    let jwt = try await tokens.routerToken(sandboxID: sandbox.id, taskID: sandbox.taskID)
    return .with {
      $0.url = routerAddress.url(for: CallMetadata.current)
      $0.jwt = jwt
    }
  }
}

extension Modal_Client_GenericResult {
  init(_ result: SandboxResult) {
    self.init()
    exitcode = result.exitCode
    exception = result.message
    status =
      switch result.status {
      case .success: .success
      case .failure: .failure
      case .terminated: .terminated
      case .timeout: .timeout
      case .initFailure: .initFailure
      case .internalFailure: .internalFailure
      case .idleTimeout: .idleTimeout
      }
  }
}
