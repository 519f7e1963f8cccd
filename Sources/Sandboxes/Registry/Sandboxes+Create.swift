import Errors
import Foundation
import Store
import SystemPackage

extension Sandboxes {
  /// Makes a sandbox and returns once it is written down; its machine starts meanwhile.
  ///
  /// The same idempotency key gives the same answer, also after a restart of the server. Throws
  /// `SandlotError`: `invalidArgument` for what cannot be, `notFound` for an unknown image,
  /// `failedPrecondition` for one that is not built, `alreadyExists` for a name that a running
  /// sandbox of the app has, `resourceExhausted` where the host's memory is promised already.
  public func create(
    _ specification: SandboxSpecification, generation: SandboxGeneration = .v2,
    idempotencyKey: String? = nil
  ) async throws -> SandboxInfo {
    let recorder = TraceRecorder(context.clock)
    guard let key = idempotencyKey, !key.isEmpty else {
      return try await make(specification, generation, idempotencyKey: nil, recorder)
    }
    if let creation = creations[key] { return try await creation.value().get() }
    let creation = Promise<Result<SandboxInfo, SandlotError>>()
    creations[key] = creation
    // Not the caller's task: a caller that leaves must not spoil the answer of its own retry.
    Task {
      do {
        let row = try await store.sandbox(idempotencyKey: key)
        let info = try row.map { try SandboxInfo($0) }
        if let info {
          creation.fulfil(.success(info))
        } else {
          let info = try await make(specification, generation, idempotencyKey: key, recorder)
          creation.fulfil(.success(info))
        }
      } catch {
        creation.fulfil(.failure(SandlotError(about: error)))
      }
      creations[key] = nil
    }
    return try await creation.value().get()
  }

  private func make(
    _ specification: SandboxSpecification, _ generation: SandboxGeneration,
    idempotencyKey: String?, _ recorder: TraceRecorder
  ) async throws -> SandboxInfo {
    var specification = specification
    if specification.name?.isEmpty == true { specification.name = nil }
    try specification.validate(context.limits, memoryBudgetMiB: memory.budgetMiB)
    let image = try await images.image(specification.imageID)
    try await context.files.requireMounts(specification.mountIDs)
    let ids = generation.makeIdentifiers()
    let sandbox = Sandbox(
      id: ids.sandbox, taskID: ids.task, specification: specification, image: image,
      resources: SandboxResources(specification, limits: context.limits),
      log: try context.logs.open(ids.sandbox, appID: specification.appID), context: context,
      store: store, recorder: recorder)
    do {
      try reserve(sandbox)
    } catch {
      context.logs.discard(ids.sandbox, appID: specification.appID)
      throw error
    }
    do {
      let row = try record(of: sandbox, idempotencyKey: idempotencyKey)
      let info = try SandboxInfo(row)
      try makeDirectory(sandbox.directory)
      try await store.insertSandbox(row)
      sandbox.sayCreated()
      recorder.lap("accept")
      Task { await live(sandbox) }
      return info
    } catch {
      free(sandbox)
      context.logs.discard(sandbox.id, appID: specification.appID)
      let message = SandlotError(about: error).description
      sandbox.finished.fulfil(SandboxResult(.initFailure, exitCode: 1, message: message))
      throw error
    }
  }

  /// Takes name and memory. No other creation comes in between: nothing is awaited here.
  private func reserve(_ sandbox: Sandbox) throws(SandlotError) {
    guard !isShutDown else {
      throw SandlotError(.unavailable, "The server is shutting down.")
    }
    let specification = sandbox.specification
    if let name = specification.name {
      try names.give(name, appID: specification.appID, to: sandbox.id)
    }
    do throws(SandlotError) {
      try memory.reserve(sandbox.resources.memoryMiB, for: sandbox.id)
    } catch {
      names.release(sandbox.id)
      throw error
    }
    running[sandbox.id] = sandbox
    tasks[sandbox.taskID] = sandbox
  }

  /// The whole life of a sandbox, in a task of the registry's.
  private func live(_ sandbox: Sandbox) async {
    let result = await sandbox.run()
    free(sandbox)
    sandbox.finished.fulfil(result)
  }

  private func free(_ sandbox: Sandbox) {
    names.release(sandbox.id)
    memory.release(sandbox.id)
    running[sandbox.id] = nil
    tasks[sandbox.taskID] = nil
    try? FileManager.default.removeItem(atPath: sandbox.directory.string)
  }

  private func record(
    of sandbox: Sandbox, idempotencyKey: String?
  ) throws(SandlotError) -> SandboxRow {
    let specification = sandbox.specification
    return SandboxRow(
      id: sandbox.id, taskID: sandbox.taskID, appID: specification.appID,
      name: specification.name, specification: try JSONText.encode(specification),
      tags: try JSONText.encode(specification.tags), createdAt: nextCreationTime(),
      idempotencyKey: idempotencyKey)
  }

  /// Now, and later than any sandbox before: clients page through lists by this time alone. It is
  /// rounded to what the wire and the store can carry, so that all three say the same.
  private func nextCreationTime() -> Date {
    let time = max(context.now(), newest.addingTimeInterval(0.000_001))
    newest = Date(timeIntervalSince1970: time.timeIntervalSince1970)
    return newest
  }

  private func makeDirectory(_ path: FilePath) throws(SandlotError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true)
    } catch {
      throw SandlotError(
        .internal, "The directory \(path) for a sandbox's output cannot be made: \(error).")
    }
  }
}
