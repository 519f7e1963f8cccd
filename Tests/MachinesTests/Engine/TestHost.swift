import Foundation
import GuestProtocol
import Logging
import Machines
import SystemPackage
import Testing

extension Tag {
  /// Needs real virtual machines, and so a prepared kernel and a base image.
  @Tag static var vm: Self
}

/// What the tests with real machines work on: SANDLOT_TEST_HOME, the data directory of a server,
/// as `sandlot up --prepare-only` leaves it. It is only read, also while a server runs on it.
enum TestHost {
  static let home = ProcessInfo.processInfo.environment["SANDLOT_TEST_HOME"].map { FilePath($0) }

  static var guest: PreparedGuest? {
    guard let directory = home?.appending("prepared") else { return nil }
    return PreparedGuest(
      kernel: directory.appending("kernel/image"), kernelVersion: "",
      modulesDisk: directory.appending("modules/modules.squashfs"),
      initramfs: directory.appending("initramfs/initramfs.cpio"))
  }

  static var base: FilePath? { home?.appending("prepared/debian-bookworm.qcow2") }

  /// Whether machines can be started here.
  static var isReady: Bool {
    guard geteuid() == 0, let guest, let base else { return false }
    return [guest.kernel, guest.initramfs, guest.modulesDisk, base].allSatisfy {
      FileManager.default.fileExists(atPath: $0.string)
    }
  }

  /// A configuration in a directory of its own, which `body` may change and launch from; nothing
  /// may be left in it afterwards.
  static func withConfiguration(
    engine: MachineEngine = .tcg,
    _ body: (_ configuration: MachineHost.Configuration) async throws -> Void
  ) async throws {
    let guest = try #require(guest)
    let directory = FilePath("/tmp/sandlot-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      atPath: directory.string, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755])
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    var configuration = MachineHost.Configuration(
      guest: guest, runtimeDirectory: directory.appending("run"),
      logDirectory: directory.appending("logs"), instance: "test-\(UUID().uuidString.prefix(8))",
      engine: engine)
    // A server on this host has machines of the first 65,536 of these users.
    configuration.userBase = 800_000
    do {
      try await body(configuration)
    } catch {
      _ = try? await MachineHost.open(configuration).removeLeftovers()
      throw error
    }
    let left = try FileManager.default.contentsOfDirectory(
      atPath: configuration.runtimeDirectory.string)
    #expect(left.isEmpty)
    #expect(!isRunning(containing: directory.string))
  }

  /// Whether a QEMU with that text in its arguments runs.
  static func isRunning(containing text: String) -> Bool {
    let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return pids.contains { pid in
      guard Int32(pid) != nil,
        let line = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))
      else { return false }
      let arguments = String(decoding: line, as: UTF8.self)
      return arguments.contains("qemu-system") && arguments.contains(text)
    }
  }

  static func request(_ id: String, layers: [FilePath]? = nil, cpus: Int = 1) throws
    -> MachineRequest
  {
    MachineRequest(
      id: id, memoryMiB: 512, virtualCPUs: cpus, layers: try layers ?? [#require(base)],
      hostname: "test-host", network: .blocked)
  }
}

extension Machine {
  /// Runs a shell script to its end.
  func shell(_ script: String) async throws -> (status: GuestProtocol.ExitStatus, output: String) {
    var command = MachineCommand(
      arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    command.standardInput = .null
    command.standardError = .merged
    let process = try await spawn(command)
    var output: [UInt8] = []
    for try await chunk in process.standardOutput { output += chunk }
    return (try await process.wait(), String(decoding: output, as: UTF8.self))
  }
}
