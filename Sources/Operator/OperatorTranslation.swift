import Machines
import OperatorProtocol
import Sandboxes
import SwiftProtobuf

extension Sandlot_Operator_Sandbox {
  /// How a sandbox stands; what nobody knows is left unset.
  package init(_ overview: SandboxOverview, appName: String) {
    self.init()
    let info = overview.info
    id = info.id
    if let value = info.name { name = value }
    appID = info.appID
    self.appName = appName
    imageID = info.specification.imageID
    state = info.result?.status.words ?? overview.state.rawValue
    if let result = info.result { exitCode = result.exitCode }
    createdAt = Google_Protobuf_Timestamp(date: info.createdAt)
    if let date = info.startedAt { startedAt = Google_Protobuf_Timestamp(date: date) }
    if let date = info.finishedAt { finishedAt = Google_Protobuf_Timestamp(date: date) }
    cpuRequest = Double(overview.milliCPU) / 1000
    let limit = info.specification.milliCPULimit
    if limit > 0 { cpuLimit = Double(limit) / 1000 }
    memoryMib = overview.memoryMiB
    if let value = overview.coresInUse { coresInUse = value }
    if let value = overview.guestMemoryBytes { guestMemoryBytes = value }
    if let value = overview.hostMemoryBytes { hostMemoryBytes = value }
    if let value = overview.cost { cost = value.total.description }
    if let value = overview.path { launchPath = value.words }
  }
}

extension Sandlot_Operator_CreateTrace {
  /// How a sandbox came to run.
  package init(_ trace: CreateTrace, of sandboxID: String) {
    self.init()
    self.sandboxID = sandboxID
    if let path = trace.path { launchPath = path.words }
    seconds = trace.seconds
    ready = trace.isReady
    stages = trace.stages.map { stage in
      .with {
        $0.name = stage.name
        $0.seconds = stage.seconds
        if let failure = stage.failure { $0.failure = failure }
      }
    }
    if let exec = trace.firstExec {
      firstExecStarted = exec.started
      if let exited = exec.exited { firstExecExited = exited }
    }
  }
}

extension SandboxResult.Status {
  /// The kind of end, in words.
  fileprivate var words: String {
    switch self {
    case .success: "success"
    case .failure: "failure"
    case .terminated: "terminated"
    case .timeout: "timeout"
    case .initFailure: "init failure"
    case .internalFailure: "internal failure"
    case .idleTimeout: "idle timeout"
    }
  }
}

extension LaunchTrace.Path {
  /// The way to a running machine, in words.
  fileprivate var words: String {
    switch self {
    case .coldBoot: "cold boot"
    case .restore: "restore"
    case .warmPool: "warm pool"
    }
  }
}
