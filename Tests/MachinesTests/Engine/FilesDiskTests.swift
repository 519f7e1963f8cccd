import Errors
import Foundation
import GuestProtocol
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// The disk of files beside the root, on the real QEMU.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct FilesDiskTests {
    /// A squashfs with one file, in the directory of a configuration.
    private func archive(
      _ text: String, _ configuration: MachineHost.Configuration
    ) async throws -> FilePath {
      let parent = configuration.runtimeDirectory.removingLastComponent()
      let tree = parent.appending("tree-\(text)")
      let archive = parent.appending("\(text).squashfs")
      try FileManager.default.createDirectory(
        atPath: tree.string, withIntermediateDirectories: true)
      try Data("\(text)\n".utf8).write(to: URL(filePath: tree.appending("hello").string))
      try await Tool("mksquashfs", package: "squashfs-tools")
        .run([tree.string, archive.string, "-noappend", "-quiet"])
      return archive
    }

    @Test func disksOfFilesComeAndGo() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let first = try await archive("first", configuration)
        let second = try await archive("second", configuration)
        var request = try TestHost.request("sb-files")
        request.files = .archive(first)
        let machine = try await host.launch(request)
        #expect(try await machine.shell("cat \(FilesDisk.directory)/hello").output == "first\n")
        let write = try await machine.shell("echo x > \(FilesDisk.directory)/hello")
        #expect(write.status != .code(0))
        try await machine.mountFiles(.archive(second))
        #expect(try await machine.shell("cat \(FilesDisk.directory)/hello").output == "second\n")

        _ = try await machine.shell("echo layer > /hello; sync")
        let layer = configuration.runtimeDirectory.removingLastComponent().appending("own.qcow2")
        try FileManager.default.moveItem(
          atPath: try await machine.snapshotDisk().string, toPath: layer.string)
        try await machine.mountFiles(.layers([try #require(TestHost.base), layer]))
        #expect(
          try await machine.shell("cd \(FilesDisk.directory); cat hello; ls -d etc/passwd").output
            == "layer\netc/passwd\n")

        let user = try await machine.spawn(
          MachineCommand(arguments: ["/bin/sh", "-c", "cd \(FilesDisk.directory); sleep 1000"]))
        _ = try await machine.shell("sleep 0.5")
        let error = await #expect(throws: SandlotError.self) { try await machine.mountFiles(nil) }
        #expect(error?.message.contains("in use") == true)
        try await user.signal(SIGKILL, group: true)
        _ = try await user.wait()
        try await machine.mountFiles(nil)
        #expect(try await machine.shell("ls -A \(FilesDisk.directory)").output == "")
        await machine.stop()
      }
    }

    @Test func aSmallerImageGetsAllOfALargerDisk() async throws {
      try await TestHost.withConfiguration { configuration in
        var configuration = configuration
        configuration.diskBytes = 80 << 30
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-grown"))
        let size = "df --output=size -BG / | tail -1; dmesg | grep -c 'EXT4-fs error'"
        let result = try await machine.shell(size).output.split(separator: "\n")
        let gibibytes = try #require(Int(result[0].filter(\.isNumber)))
        #expect((77...80).contains(gibibytes) && result[1] == "0")
        await machine.stop()
      }
    }
  }
}
