import Errors
import Foundation
import Machines
import Settings
import SystemPackage

/// Starts a server in the background and shows its progress until it serves.
public struct DetachedServer: Sendable {
  private let settings: Settings
  private let arguments: [String]
  private let directory: DataDirectory

  /// A server with these settings; `arguments` are the options that lead to them, all but the
  /// tokens, which the server gets in its environment.
  public init(settings: Settings, arguments: [String]) {
    self.settings = settings
    self.arguments = arguments
    directory = DataDirectory(settings.dataDirectory)
  }

  /// Starts it, or finds it running; returns when it serves.
  ///
  /// Throws `failedPrecondition` where it ends before that; its output has said why.
  public func start() async throws {
    try directory.create()
    if let state = try await serverOfTheDirectory() {
      print(
        """
        A server runs already on \(directory.root): \(state.url) (process \(state.processID)). \
        It keeps the settings that it was started with.
        """)
      print(try ClientEnvironment(settings: settings, url: state.url).shellLines)
      return
    }
    let start = (try? FileManager.default.attributesOfItem(atPath: directory.log.string)[.size])
    var shown = (start as? NSNumber)?.uint64Value ?? 0
    let process = try spawn()
    while true {
      try await Task.sleep(for: .milliseconds(100))
      shown = show(from: shown)
      if let state = ServerState.ofRunningServer(directory), state.processID == process {
        print(try ClientEnvironment(settings: settings, url: state.url).shellLines)
        return
      }
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process {
        _ = show(from: shown)
        throw SandlotError(
          .failedPrecondition, "The server ended before it served.",
          hint: "Its log is \(directory.log).")
      }
    }
  }

  /// The server that the directory has already; where one is starting, once it serves.
  private func serverOfTheDirectory() async throws -> ServerState? {
    var isTold = false
    while DirectoryLock.isHeld(directory) {
      if let state = ServerState.read(directory) { return state }
      if !isTold { print("A server is starting or ending on \(directory.root); waiting for it.") }
      isTold = true
      fflush(nil)
      try await Task.sleep(for: .milliseconds(200))
    }
    return nil
  }

  /// A child in a session of its own, so that neither ^C nor the terminal's end reaches it.
  private func spawn() throws -> pid_t {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let log = try FileDescriptor.open(
      directory.log, .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: [.ownerReadWrite])
    return try log.closeAfter {
      try ChildProcess.spawn(
        [program, "up"] + arguments, output: log,
        environment: environment.map { "\($0.key)=\($0.value)" })
    }
  }

  private var environment: [String: String] {
    var variables = ProcessInfo.processInfo.environment
    // The one who starts it was warned of these.
    for name in SettingSource.strangers(in: variables) { variables[name] = nil }
    variables[SettingKey.tokenID.environmentName] = settings.tokens?.id
    variables[SettingKey.tokenSecret.environmentName] = settings.tokens?.secret
    return variables
  }

  /// Prints what the log has gained; returns how far it was shown.
  private func show(from offset: UInt64) -> UInt64 {
    guard let log = FileHandle(forReadingAtPath: directory.log.string) else { return offset }
    defer { try? log.close() }
    do {
      try log.seek(toOffset: offset)
      let data = try log.readToEnd() ?? Data()
      FileHandle.standardOutput.write(data)
      return offset + UInt64(data.count)
    } catch {
      return offset
    }
  }
}
