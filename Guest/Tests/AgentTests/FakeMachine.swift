import Agent
import CLinux
import Glibc
import GuestProtocol

/// A machine that only remembers what it was asked: each call is a line in a pipe.
final class FakeMachine: Machine {
  private let calls: Int32
  let kernelLogDescriptor: Int32
  private(set) var isReady: Bool

  /// - Parameters:
  ///   - calls: where the lines go.
  ///   - kernelLog: where the kernel's log is read.
  init(calls: Int32, kernelLog: Int32, isReady: Bool) {
    self.calls = calls
    kernelLogDescriptor = kernelLog
    self.isReady = isReady
  }

  deinit {
    close(calls)
    close(kernelLogDescriptor)
  }

  var kernelRelease: String { "6.1-fake" }
  var procDescriptor: Int32 { -1 }

  func openTerminal() throws(GuestFailure) -> Int32 {
    let master = clinux_open_terminal(O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw GuestFailure(.system, errno: errno, "no terminal") }
    return master
  }

  func makeRoomForInit() throws(GuestFailure) -> ControlGroups {
    throw GuestFailure(.invalidState, "the tests' process stays what it is")
  }

  func configure(_ identity: Identity) throws(GuestFailure) {
    note("configure \(identity.hostname)")
  }

  func mountRoot(_ root: RootFilesystem) throws(GuestFailure) {
    guard root.device != "/dev/bad" else {
      throw GuestFailure(.system, errno: ENOENT, "mount /dev/bad")
    }
    isReady = true
    note("mountRoot \(root.device)")
  }

  func freeze() throws(GuestFailure) { note("freeze") }
  func thaw() throws(GuestFailure) { note("thaw") }
  func memory() throws(GuestFailure) -> (total: UInt64, available: UInt64) { (1 << 30, 1 << 29) }
  func prepare(modulesDevice: String) throws(GuestFailure) { note("prepare \(modulesDevice)") }
  func rehearse(device: String, _ identity: Identity) throws(GuestFailure) {
    isReady = true
    note("rehearse \(device) \(identity.hostname)")
  }

  func mountFiles(device: String, filesystem: String) throws(GuestFailure) {
    note("mountFiles \(device) \(filesystem)")
  }

  func unmountFiles() throws(GuestFailure) { note("unmountFiles") }
  func deliverFiles() throws(GuestFailure) { note("deliverFiles") }

  func endRehearsal() throws(GuestFailure) {
    isReady = false
    note("endRehearsal")
  }

  func powerOff() { note("powerOff") }

  private func note(_ line: String) {
    _ = Array("\(line)\n".utf8).withUnsafeBytes { write(calls, $0.baseAddress, $0.count) }
  }
}
