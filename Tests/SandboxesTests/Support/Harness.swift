import Errors
import Foundation
import GuestProtocol
import Logging
import Machines
import Sandboxes
import Store
import SystemPackage
import Testing

/// Archives of mounts: every mount exists but `mo-gone`.
struct FakeFiles: FileSource {
  func requireMounts(_ ids: [String]) async throws {
    guard !ids.contains("mo-gone") else {
      throw SandlotError(.notFound, "The mount 'mo-gone' does not exist.")
    }
  }

  func archive(ofMounts ids: [String]) async throws -> FilePath {
    guard !ids.contains("mo-broken") else {
      throw SandlotError(.notFound, "The content of '/x' is not on this server any more.")
    }
    return FilePath("/archives/" + ids.joined(separator: "+"))
  }
}

/// Sandboxes on a fake host with a clock that the test moves.
final class Harness: Sendable {
  let clock = ManualClock()
  let launcher = FakeLauncher()
  let store: Store
  let directory: FilePath
  let memory: MemoryLedger
  let images: FakeImages
  let sandboxes: Sandboxes

  /// Sandboxes of an image `im-1`; a host of 16 GiB, all of them to promise, and 4 processors.
  init(
    image: SandboxImage = SandboxImage(layers: ["/layers/base"]), store: Store? = nil,
    usage: UsageOptions = UsageOptions(), logs: LogLimits = LogLimits(),
    logDirectory: FilePath? = nil, adjust: (inout SandboxLimits) -> Void = { _ in }
  ) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-sandboxes-\(UUID())").path
    directory = FilePath(path)
    let store = try store ?? Store()
    self.store = store
    var limits = SandboxLimits(host: HostResources(memoryMiB: 16384, processors: 4))
    limits.spool.coalescing = .zero
    adjust(&limits)
    memory = MemoryLedger(budgetMiB: Int(limits.host.memoryMiB))
    images = FakeImages(["im-1": image])
    sandboxes = Sandboxes(
      store: store, images: images, files: FakeFiles(),
      launcher: launcher, memory: memory,
      directory: directory.appending("spools"),
      logs: Logs(
        directory: logDirectory ?? directory.appending("logs"), limits: logs,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        now: { [clock] in clock.date }),
      limits: limits, usage: usage,
      logger: Logger(label: "test") { _ in
        SwiftLogNoOpLogHandler()
      }, clock: clock, now: { [clock] in clock.date })
  }

  deinit {
    try? FileManager.default.removeItem(atPath: directory.string)
  }

  /// A running sandbox and its machine.
  func start(
    _ specification: SandboxSpecification = .sample()
  ) async throws -> (info: SandboxInfo, machine: FakeMachine) {
    let info = try await sandboxes.create(specification)
    let machine = await launcher.machines.take()
    await clock.waitForSleep(of: .seconds(specification.timeoutSeconds))
    return (info, machine)
  }

  /// A running exec and its process.
  func exec(
    _ specification: ExecSpecification = ExecSpecification(execID: "e1", arguments: ["run"]),
    in sandbox: (info: SandboxInfo, machine: FakeMachine)
  ) async throws -> FakeProcess {
    try await sandboxes.startExec(taskID: sandbox.info.taskID, specification)
    return await sandbox.machine.processes.take()
  }

  /// The result of a sandbox that is about to end.
  func result(_ sandboxID: String) async throws -> SandboxResult {
    try #require(try await sandboxes.wait(sandboxID, timeout: .seconds(1_000_000)))
  }
}

extension SandboxSpecification {
  /// A sandbox of app `ap-1` and image `im-1`.
  static func sample(
    _ adjust: (inout SandboxSpecification) -> Void = { _ in }
  ) -> SandboxSpecification {
    var specification = SandboxSpecification(appID: "ap-1", imageID: "im-1")
    adjust(&specification)
    return specification
  }
}

extension SpoolReader {
  /// Everything up to the end, as text.
  func text() async throws -> String {
    var bytes: [UInt8] = []
    for try await chunk in self { bytes += chunk.bytes }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The `SandlotError` that an operation throws.
func error(_ operation: () async throws -> Void) async throws -> SandlotError {
  try #require(await #expect(throws: SandlotError.self) { try await operation() })
}
