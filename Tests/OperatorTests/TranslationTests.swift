import Foundation
import Machines
import Operator
import OperatorProtocol
import Sandboxes
import Testing

/// What the operator's service tells.
@Suite struct TranslationTests {
  private var info: SandboxInfo {
    var specification = SandboxSpecification(appID: "ap-1", imageID: "im-1")
    specification.milliCPULimit = 2500
    return SandboxInfo(
      id: "sb-1", taskID: "ta-1", createdAt: Date(timeIntervalSince1970: 1000),
      specification: specification)
  }

  @Test func aRunningSandboxIsToldInFull() {
    var info = info
    info.name = "box"
    info.startedAt = Date(timeIntervalSince1970: 1002)
    let sandbox = Sandlot_Operator_Sandbox(
      SandboxOverview(
        info: info, state: .running, milliCPU: 125, memoryMiB: 1024, path: .warmPool,
        coresInUse: 0.75, guestMemoryBytes: 7, hostMemoryBytes: 8,
        cost: UsageCost(
          billedCoreSeconds: 2, billedGiBSeconds: 0, rates: BillingRates(perCoreSecond: 3))),
      appName: "mine")
    #expect(sandbox.id == "sb-1" && sandbox.name == "box" && sandbox.state == "running")
    #expect(sandbox.appID == "ap-1" && sandbox.appName == "mine" && sandbox.imageID == "im-1")
    #expect(sandbox.createdAt.seconds == 1000 && sandbox.startedAt.seconds == 1002)
    #expect(!sandbox.hasFinishedAt && !sandbox.hasExitCode)
    #expect(sandbox.cpuRequest == 0.125 && sandbox.cpuLimit == 2.5 && sandbox.memoryMib == 1024)
    #expect(sandbox.coresInUse == 0.75)
    #expect(sandbox.guestMemoryBytes == 7 && sandbox.hostMemoryBytes == 8)
    #expect(sandbox.cost == "6" && sandbox.launchPath == "warm pool")
  }

  @Test(arguments: SandboxResult.Status.allCases)
  func aFinishedOneTellsHowItEnded(status: SandboxResult.Status) {
    var info = info
    info.finishedAt = Date(timeIntervalSince1970: 1009)
    info.result = SandboxResult(status, exitCode: 7)
    info.specification.milliCPULimit = 0
    let sandbox = Sandlot_Operator_Sandbox(
      SandboxOverview(info: info, state: .finished, milliCPU: 1000, memoryMiB: 1), appName: "")
    let word = sandbox.state.replacing(" ", with: "")
    #expect(word.lowercased() == status.rawValue.lowercased())
    #expect(sandbox.exitCode == 7 && sandbox.finishedAt.seconds == 1009)
    #expect(!sandbox.hasName && !sandbox.hasCost && !sandbox.hasCoresInUse)
    #expect(!sandbox.hasLaunchPath && !sandbox.hasStartedAt && !sandbox.hasCpuLimit)
  }

  @Test func aTraceKeepsItsStages() {
    let trace = Sandlot_Operator_CreateTrace(
      CreateTrace(
        path: .coldBoot,
        stages: [
          .init(name: "accept", seconds: 0.5), .init(name: "boot", seconds: 1, failure: "no"),
        ], isReady: true, firstExec: .init(started: 2, exited: nil)), of: "sb-1")
    #expect(trace.sandboxID == "sb-1" && trace.launchPath == "cold boot" && trace.ready)
    #expect(trace.stages.map(\.name) == ["accept", "boot"])
    #expect(trace.stages.map(\.hasFailure) == [false, true])
    #expect(trace.seconds == 1.5)
    #expect(trace.firstExecStarted == 2 && !trace.hasFirstExecExited)
  }

  @Test func jsonHasOurNamesAndPlainNumbers() throws {
    let sandbox = Sandlot_Operator_Sandbox(
      SandboxOverview(
        info: info, state: .starting, milliCPU: 125, memoryMiB: 1024, guestMemoryBytes: 5 << 32),
      appName: "mine")
    let text = try JSONOutput.text([sandbox])
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
    let object = try #require(value?.first)
    #expect(object["guest_memory_bytes"] as? Int64 == 5 << 32)
    #expect(object["created_at"] as? String == "1970-01-01T00:16:40Z")
    #expect(object["state"] as? String == "starting")
    #expect(object["cost"] == nil)
  }
}
