import Errors
import Foundation
import Logging
import Machines
import Store
import SystemPackage

/// One sandbox from its creation to its end: state, machine, entrypoint, execs, time-outs.
actor Sandbox {
  nonisolated let id: String
  nonisolated let taskID: String
  nonisolated let specification: SandboxSpecification
  nonisolated let resources: SandboxResources
  /// The entrypoint's output; of a sandbox without one it ends with the sandbox.
  nonisolated let output: ProcessSpools
  nonisolated let log: SandboxLog
  /// Kept by the registry, once the result is in the store and everything is freed.
  nonisolated let finished = Promise<SandboxResult>()

  let template: ProcessTemplate
  let context: SandboxContext
  let store: Store
  /// How it comes to run.
  nonisolated let recorder: TraceRecorder
  var logger: Logger

  var state = SandboxState.requested
  /// Kept once the state is `stopping`.
  let ending = Promise<Void>()
  /// Kept once processes may be started, or never will be.
  let machineUp = Promise<Result<any Machine, SandlotError>>()
  /// Kept once the readiness probe has succeeded, or never will.
  let ready = Promise<Result<Date, SandlotError>>()
  /// Why the readiness probe has not succeeded yet.
  var lastProbe = "it was not probed yet."
  /// What must be stopped in the end.
  var machine: (any Machine)?
  var entrypoint: Exec?
  var entrypointTask: Task<Void, Never>?
  /// The entrypoint's input, once somebody has written to it by numbers.
  var numberedInput: NumberedInput?

  var execs: [String: ExecRecord] = [:]
  var endedExecs: [(exec: Exec, at: Date)] = []
  var execCount = 0
  /// Execs that run, and calls that wait for something to happen.
  var busy = 0
  /// The layers that its disk is made of besides what it writes now, base first.
  var layers: [FilePath]
  /// Snapshots that were asked for, by the caller's ids.
  var snapshots: [String: Task<String, any Error>] = [:]
  /// The last one of them.
  var lastSnapshot: Task<String, any Error>?
  /// Why there can be no further one: a layer below it would be missing.
  var snapshotFailure: SandlotError?
  var idleTimer: Task<Void, Never>?

  init(
    id: String, taskID: String, specification: SandboxSpecification, image: SandboxImage,
    resources: SandboxResources, log: SandboxLog, context: SandboxContext, store: Store,
    recorder: TraceRecorder
  ) {
    self.id = id
    self.taskID = taskID
    self.specification = specification
    self.resources = resources
    self.context = context
    self.store = store
    self.recorder = recorder
    template = ProcessTemplate(image: image, specification: specification)
    layers = image.layers
    self.log = log
    output = ProcessSpools(log: log, context: context)
    logger = context.logger
    logger[metadataKey: "sandbox"] = "\(id)"
  }

  /// Where the output of its execs is kept.
  nonisolated var directory: FilePath { context.directory.appending(id) }

  /// Asks for the end and returns when everything is gone.
  func terminate(_ message: String) async {
    handle(.terminationRequested(message))
    _ = try? await finished.value()
  }

  /// Takes note of an event; false where it changes nothing.
  @discardableResult
  func handle(_ event: SandboxEvent) -> Bool {
    guard let next = state.after(event) else { return false }
    state = next
    logger.debug("sandbox changed", metadata: ["state": "\(next)"])
    if case .stopping = next { beginEnd() }
    return true
  }

  /// The error of calls on a sandbox that ends or has ended; nil while it can be used.
  var endError: SandlotError? {
    switch state {
    case .requested, .starting, .running: nil
    case .stopping(let end): .ended(id, end.result)
    case .finished(let result): .ended(id, result)
    }
  }
}

/// An exec and the task that carries it.
struct ExecRecord {
  var exec: Exec
  var task: Task<Void, Never>
}
