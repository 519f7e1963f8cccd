import NIOPosix
import QMP
import Synchronization
import SystemPackage

/// Hands files to one QEMU for reading, each in a descriptor set of its own: its user need not be
/// able to reach them.
final class FileHandout: Sendable {
  private let descriptors: DescriptorMonitor
  private let monitor: QMPClient
  /// The number of the next set.
  private let next = Mutex(QEMUCommandLine.modulesSet + 1)

  init(descriptors: DescriptorMonitor, monitor: QMPClient) {
    self.descriptors = descriptors
    self.monitor = monitor
  }

  /// Opens the files and gives QEMU copies of the descriptors; returns the numbers of their sets.
  func hand(_ files: [FilePath]) async throws -> [Int] {
    let sets = next.withLock { next in
      defer { next += files.count }
      return Array(next..<next + files.count)
    }
    try await NIOThreadPool.singleton.runIfActive { [descriptors] in
      var opened: [FileDescriptor] = []
      defer { opened.forEach { try? $0.close() } }
      for path in files {
        do {
          opened.append(try FileDescriptor.open(path, .readOnly, options: .closeOnExec))
        } catch let cause as Errno {
          throw HostFiles.failure("read", path, cause)
        }
      }
      try descriptors.add(zip(opened, sets).map { (descriptor: $0.rawValue, set: $1) })
    }
    return sets
  }

  /// Has QEMU close what no node uses any more.
  func takeBack(_ sets: [Int]) async {
    for set in sets { _ = try? await monitor.execute(RemoveFd(set: set)) }
  }
}
