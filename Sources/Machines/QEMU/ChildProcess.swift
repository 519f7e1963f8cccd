import Errors
import Glibc
import SystemPackage

/// A child process that outlives the server: in a session of its own, with exactly the descriptors
/// that it is given.
///
/// swift-subprocess suits short jobs and passes no descriptors on; this one is for QEMU and for a
/// server that goes on in the background.
package enum ChildProcess {
  /// The first descriptor that a child inherits besides its standard streams.
  static let firstDescriptor: Int32 = 3

  /// glibc's POSIX_SPAWN_SETSID (spawn.h), which Swift's Glibc module does not show.
  private static let newSession: Int32 = 0x80

  /// Starts a program, found in PATH, and returns its process id.
  ///
  /// The child has `/dev/null` as standard input, `output` as standard output and error, and the
  /// other descriptors as 3, 4, … in their order; signals have their default actions.
  package static func spawn(
    _ arguments: [String], output: FileDescriptor, inheriting descriptors: [FileDescriptor] = [],
    environment: [String] = ["PATH=\(Tool.searchPath)", "LC_ALL=C"]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for leaked in inheritableDescriptors() {
      posix_spawn_file_actions_addclose(&actions, leaked)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 2)

    // Copies above all targets, so that no dup2 in the child overwrites a source of a later one.
    let floor = firstDescriptor + Int32(descriptors.count)
    var copies: [Int32] = []
    defer { copies.forEach { _ = close($0) } }
    for (index, descriptor) in descriptors.enumerated() {
      let copy = fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, floor)
      guard copy >= 0 else { throw failure(arguments, errno) }
      copies.append(copy)
      posix_spawn_file_actions_adddup2(&actions, copy, firstDescriptor + Int32(index))
    }
    return try start(arguments, environment, &actions)
  }

  private static func start(
    _ arguments: [String], _ environment: [String],
    _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    // The server ignores SIGTERM and friends for its own handlers; a child would inherit that.
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { (argv + variables).forEach { free($0) } }
    var pid = pid_t()
    let status = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &variables)
    guard status == 0 else { throw failure(arguments, status) }
    return pid
  }

  /// The server's descriptors that a child would inherit by mistake.
  private static func inheritableDescriptors() -> [Int32] {
    let names = (try? HostFiles.names(in: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.filter { number in
      guard number >= firstDescriptor else { return false }
      let flags = fcntl(number, F_GETFD)
      return flags >= 0 && flags & FD_CLOEXEC == 0
    }
  }

  private static func failure(_ arguments: [String], _ code: Int32) -> SandlotError {
    SandlotError(
      code == EAGAIN || code == ENOMEM || code == EMFILE ? .resourceExhausted : .internal,
      "Cannot start \(arguments[0]): \(Errno(rawValue: code)).")
  }
}
