import Foundation
import Machines
import SystemPackage

/// A host whose QEMU is a shell script: it tells its version and its machines like the real one,
/// and does what a test says when it is to run a guest.
struct ScriptedQEMU: ~Copyable {
  let folder: PreparationFolder

  init(run: String) throws {
    let folder = try PreparationFolder()
    let script = """
      #!/bin/sh
      case "$1" in
      --version) echo 'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)' ;;
      -machine) echo 'pc-q35-7.2           Standard PC (Q35 + ICH9, 2009)' ;;
      *) echo started >> '\(folder.path)/starts'; \(run) ;;
      esac
      """
    try folder.write(script, to: "qemu-system-x86_64", mode: 0o755)
    try folder.write(PreparationKernelFixture.bzImage(payload: []), to: "guest/kernel")
    try folder.write("initramfs", to: "guest/initramfs")
    try folder.write("modules", to: "guest/modules")
    self.folder = folder
  }

  var configuration: MachineHost.Configuration {
    let guest = folder.path.appending("guest")
    var configuration = MachineHost.Configuration(
      guest: PreparedGuest(
        kernel: guest.appending("kernel"), kernelVersion: "6.1.0-test",
        modulesDisk: guest.appending("modules"), initramfs: guest.appending("initramfs")),
      runtimeDirectory: folder.path.appending("run"), logDirectory: folder.path.appending("logs"),
      instance: "test-\(folder.path.lastComponent?.string ?? "")", engine: .tcg)
    configuration.qemu = folder.path.appending("qemu-system-x86_64")
    configuration.dropsPrivileges = false
    return configuration
  }

  /// How many guests it was to run.
  var starts: Int {
    let text = try? String(contentsOfFile: folder.path.appending("starts").string, encoding: .utf8)
    return text?.split(whereSeparator: \.isNewline).count ?? 0
  }

  /// Whether one of its processes is left.
  var isRunning: Bool { TestHost.isRunning(containing: folder.path.string) }
}
