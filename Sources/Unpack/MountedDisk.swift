import CUnpackHost
import Glibc
import UnpackRequest

/// A disk that is mounted for the process alone, in its own name space of mounts.
///
/// The kernel takes mount, loop device and storage program away with the process, however it ends.
package struct MountedDisk: ~Copyable {
  private let directory: String
  private let hostRoot: Int32
  private let diskRoot: Int32
  private let storage: pid_t?

  /// Mounts the disk of a request.
  package init(_ request: UnpackRequest) throws(UnpackResult.Failure) {
    let storage = try Self.start(request)
    let file = open(request.disk, O_RDWR | O_CLOEXEC)
    try require(file >= 0 ? 0 : -errno, "open \(request.disk)")
    defer { Glibc.close(file) }
    var device = [CChar](repeating: 0, count: 32)
    let loop = unpack_attach_loop(file, &device, UInt(device.count))
    try require(loop, "get a loop device")
    defer { Glibc.close(loop) }
    try require(unpack_mount(device, request.directory), "mount the disk")
    let hostRoot = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try require(hostRoot >= 0 ? 0 : -errno, "open /")
    let diskRoot = open(request.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try require(diskRoot >= 0 ? 0 : -errno, "open \(request.directory)")
    self.storage = storage
    self.hostRoot = hostRoot
    self.diskRoot = diskRoot
    directory = request.directory
  }

  /// Makes the disk the process's root.
  package func enter() throws(UnpackResult.Failure) {
    try require(unpack_enter(diskRoot), "enter the disk")
  }

  /// Leaves and unmounts it; all is written when this returns.
  package consuming func close() throws(UnpackResult.Failure) {
    // Unmounting would not tell that something could not be written.
    try require(unpack_sync(diskRoot), "write the disk")
    try require(unpack_enter(hostRoot), "leave the disk")
    Glibc.close(diskRoot)
    Glibc.close(hostRoot)
    try require(umount2(directory, 0) == 0 ? 0 : -errno, "unmount the disk")
    guard let storage else { return }
    kill(storage, SIGTERM)
    var status: Int32 = 0
    waitpid(storage, &status, 0)
    guard status == 0 else {
      throw UnpackResult.Failure(.host, "the disk could not be closed (status \(status))")
    }
  }

  private static func start(_ request: UnpackRequest) throws(UnpackResult.Failure) -> pid_t? {
    guard let command = request.storage else { return nil }
    var arguments = command.map { strdup($0) }
    arguments.append(nil)
    let process = unpack_spawn(arguments)
    for argument in arguments { free(argument) }
    try require(process, "start \(command.first ?? "")")
    for _ in 0..<1500 {
      var status = stat()
      if stat(request.disk, &status) == 0, status.st_size == request.diskBytes {
        // The program must not be in the name space where the disk gets mounted: where both are
        // killed it would be the last one there, and unmount the disk, which writes to it, on its
        // way out. That waits for itself for ever.
        try require(unpack_part(), "get a name space of mounts")
        return process
      }
      var end: Int32 = 0
      guard waitpid(process, &end, WNOHANG) == 0 else { break }
      usleep(10_000)
    }
    throw UnpackResult.Failure(.host, "\(command.first ?? "") does not offer the disk")
  }
}

/// Throws where a call returned -errno.
private func require(_ result: Int32, _ what: String) throws(UnpackResult.Failure) {
  guard result < 0 else { return }
  let reason = String(cString: strerror(-result))
  throw UnpackResult.Failure(
    result == -ENOSPC ? .tooMuch : .host, "cannot \(what): \(reason)")
}
