import Errors
import GuestProtocol
import Machines
import Synchronization
import SystemPackage

/// A launcher of machines that do what a script says and leave small files for layers.
final class FakeLauncher: MachineLauncher {
  /// What a machine answers to a command.
  typealias Script = @Sendable (MachineCommand) async throws -> FakeProcess

  struct Record: Sendable {
    var requests: [MachineRequest] = []
    var commands: [MachineCommand] = []
    /// Each disk of files as it was mounted.
    var files: [FilesDisk] = []
    var snapshots = 0
    var stops = 0
  }

  /// Each command as it is started.
  let started: AsyncStream<MachineCommand>
  let directory: FilePath
  private let state = Mutex(Record())
  private let script: Script
  private let announce: AsyncStream<MachineCommand>.Continuation

  init(directory: FilePath, _ script: @escaping Script = { _ in FakeProcess() }) {
    self.directory = directory
    self.script = script
    (started, announce) = AsyncStream.makeStream(of: MachineCommand.self)
  }

  var record: Record { state.withLock { $0 } }

  func launch(_ request: MachineRequest) async throws -> any Machine {
    state.withLock { $0.requests.append(request) }
    return FakeMachine(id: request.id, launcher: self)
  }

  fileprivate func run(_ command: MachineCommand) async throws -> FakeProcess {
    state.withLock { $0.commands.append(command) }
    announce.yield(command)
    return try await script(command)
  }

  fileprivate func snapshot() throws -> FilePath {
    let number = state.withLock { state in
      state.snapshots += 1
      return state.snapshots
    }
    let path = directory.appending("overlay-\(number)")
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    try file.closeAfter { _ = try file.writeAll("layer \(number)".utf8) }
    return path
  }

  fileprivate func mount(_ disk: FilesDisk?) {
    guard let disk else { return }
    state.withLock { $0.files.append(disk) }
  }

  fileprivate func stop() { state.withLock { $0.stops += 1 } }
}

private struct FakeMachine: Machine {
  let id: String
  let launch = LaunchTrace(path: .coldBoot)
  let launcher: FakeLauncher

  func spawn(_ command: MachineCommand) async throws -> any MachineProcess {
    try await launcher.run(command)
  }
  func snapshotDisk() async throws -> FilePath { try launcher.snapshot() }
  func mountFiles(_ disk: FilesDisk?) async throws { launcher.mount(disk) }

  func stop() async { launcher.stop() }
  var processorSeconds: Double { 0 }
  var hostMemoryBytes: Int64? { nil }
  func acceptsConnections(port: Int) async throws -> Bool { false }

  func guestMemoryBytes() async -> Int64? { nil }
  func waitUntilStopped() async -> MachineEnd { .failed("QEMU died of boredom.") }
}

/// A process that has written its output and ended, or runs until it is cancelled.
struct FakeProcess: MachineProcess {
  let standardOutput: ProcessOutput
  let standardError: ProcessOutput
  private let status: ExitStatus?
  private let error: SandlotError?

  /// - Parameters:
  ///   - status: How it ends; nil for never.
  ///   - keepsOutputOpen: Whether a child of it holds the output open after its end.
  init(
    output: [[UInt8]] = [], errors: [[UInt8]] = [], status: ExitStatus? = .code(0),
    failing error: SandlotError? = nil, keepsOutputOpen: Bool = false
  ) {
    self.status = status
    self.error = error
    standardOutput = Self.stream(output, ends: !keepsOutputOpen)
    standardError = Self.stream(errors, ends: true)
  }

  private static func stream(_ chunks: [[UInt8]], ends: Bool) -> ProcessOutput {
    let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    for chunk in chunks { continuation.yield(chunk) }
    if ends {
      continuation.finish()
    } else {
      // Without it the stream would end with its continuation.
      continuation.onTermination = { _ in _ = continuation }
    }
    return ProcessOutput(stream)
  }

  func write(_ bytes: [UInt8]) async throws -> Bool { false }
  func closeStandardInput() async {}
  func signal(_ number: Int32, group: Bool) async throws {}
  func wait() async throws -> ExitStatus {
    if let error { throw error }
    if let status { return status }
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}
