import Errors
import Foundation
import Machines
import Settings
import SystemPackage

/// Finds what guests boot from: the agent beside the server's own program, the operator's kernel.
struct GuestFiles: Sendable {
  private let settings: Settings
  private let directory: FilePath
  private let progress: Progress

  init(settings: Settings, directory: FilePath, progress: Progress) {
    self.settings = settings
    self.directory = directory
    self.progress = progress
  }

  /// Kernel, initramfs and modules disk, made where they are missing or out of date.
  func prepare() async throws -> PreparedGuest {
    let progress = progress
    return try await GuestPreparation(
      directory: directory, agent: try Self.agent(), kernelSource: kernelSource
    ) { progress.report($0.step.rawValue, $0.detail) }.prepare()
  }

  private var kernelSource: KernelSource {
    guard let kernel = settings.kernel else { return .debianCloud }
    return .file(FilePath(kernel), modules: settings.kernelModules.map { FilePath($0) })
  }

  /// The library that an older QEMU needs to restore templates; it need not be there.
  static func readOnlyOpen() throws -> FilePath { try neighbour("libReadOnlyOpen.so") }

  /// The program that unpacks image layers.
  static func unpacker() throws -> FilePath { try neighbour("sandlot-unpack") }

  /// A file beside the server's own program.
  private static func neighbour(_ name: String) throws -> FilePath {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return FilePath(program).removingLastComponent().appending(name)
  }

  private static func agent() throws -> FilePath {
    let agent = try neighbour("sandlot-agent")
    guard access(agent.string, R_OK) == 0 else {
      throw SandlotError(
        .failedPrecondition, "The guest agent \(agent) is missing.",
        hint: "Run: make build. It belongs beside the program 'sandlot'.")
    }
    return agent
  }
}
