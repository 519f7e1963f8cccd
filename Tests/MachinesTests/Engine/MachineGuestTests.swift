import Foundation
import GuestProtocol
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// What the kernel and the agent make of a machine, seen from inside the real thing.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct MachineGuestTests {
    private static let insides = [
      ("stat -f -c %T /", "ext2/ext3"),
      (
        "stat -f -c %T /proc /sys /dev /dev/pts /sys/fs/cgroup", "proc sysfs tmpfs devpts cgroup2fs"
      ),
      ("grep -owE 'cpu|memory|pids' /sys/fs/cgroup/cgroup.controllers", "cpu memory pids"),
      // The kernel asks for the loop module, which is on the modules disk.
      (
        "mke2fs -q /d 4M >/dev/null 2>&1 && mount -o loop /d /mnt && stat -f -c %T /mnt",
        "ext2/ext3"
      ),
      ("cat /sys/class/net/lo/flags", "0x9"),
      ("cat /etc/hostname; grep -c test-host /etc/hosts", "test-host 1"),
      ("grep -cE '^[0-9a-f]{32}$' /etc/machine-id", "1"),
      ("echo kept > /file; sync; cat /file", "kept"),
      ("cat /proc/1/oom_score_adj", "-1000"),
    ]

    @Test func theGuestIsAWholeLinux() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-inside"))
        for (script, expected) in Self.insides {
          let words = try await machine.shell(script).output.split(whereSeparator: \.isWhitespace)
          #expect(words.joined(separator: " ") == expected, "\(script)")
        }
        let home = try #require(TestHost.home)
        let version = home.appending("prepared/kernel/version").string
        let release = try await machine.shell("uname -r").output.dropLast()
        #expect(try String(contentsOfFile: version, encoding: .utf8) == release)
        let date = try await machine.shell("date +%s").output.dropLast()
        let time = try #require(TimeInterval(date))
        #expect(abs(time - Date().timeIntervalSince1970) < 10)
        await machine.stop()
      }
    }

    @Test func machinesShareNothing() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        async let starting = host.launch(TestHost.request("sb-one"))
        let two = try await host.launch(TestHost.request("sb-two"))
        let one = try await starting
        for file in ["/etc/machine-id", "/proc/sys/kernel/random/boot_id"] {
          let script = "cat \(file); head -c 16 /dev/urandom | od -A n -t x1"
          let (left, right) = (try await one.shell(script), try await two.shell(script))
          #expect(left.status == .code(0) && left.output != right.output)
        }
        let processes = try ["sb-one", "sb-two"].map {
          try Self.status(ofMachine: $0, in: configuration.runtimeDirectory)
        }
        for status in processes {
          #expect(status["NoNewPrivs"] == "1" && status["Seccomp"] == "2")
          #expect(status["CapEff"].flatMap { UInt64($0, radix: 16) } == 0)
          let users = status["Uid"]?.split(separator: "\t").compactMap { UInt32($0) } ?? []
          #expect(Set(users).count == 1 && users.allSatisfy { $0 >= configuration.userBase })
        }
        #expect(processes[0]["Uid"] != processes[1]["Uid"])
        await one.stop()
        #expect(try await two.shell("echo here").output == "here\n")
        await two.stop()
      }
    }

    @Test func nothingThatProcessesDoEndsTheAgent() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-wild"))
        let orphan =
          "(sleep 0.2; exit 3) & until ! grep -q '^State:.Z' /proc/[0-9]*/status; do :; done"
        for script in ["kill -TERM 1; kill -KILL 1", "kill -KILL -1", "tail /dev/zero", orphan] {
          let clock = ContinuousClock()
          let start = clock.now
          _ = try await machine.shell(script)
          print("machine: \(script.prefix(20)) took \(clock.now - start)")
          #expect(try await machine.shell("echo alive").output == "alive\n", "\(script)")
        }
        await machine.stop()
      }
    }

    @Test func processesAreWhatTheyWereAskedToBe() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-ask"))
        var command = MachineCommand(
          arguments: ["sh", "-c", "id -u; pwd; echo $WORD; stty size"],
          environment: ["PATH=/usr/bin:/bin", "WORD=said"])
        command.user = "nobody"
        command.workingDirectory = "/new/directory"
        command.createsWorkingDirectory = true
        command.terminal = .init(rows: 30, columns: 100)
        let process = try await machine.spawn(command)
        var output: [UInt8] = []
        for try await chunk in process.standardOutput { output += chunk }
        let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        #expect(words == ["65534", "/new/directory", "said", "30", "100"])
        #expect(try await process.wait() == .code(0))

        let group = try await machine.spawn(
          MachineCommand(arguments: ["/bin/sh", "-c", "sleep 1000 & echo ready; wait"]))
        var chunks = group.standardOutput.makeAsyncIterator()
        #expect(try await chunks.next() == Array("ready\n".utf8))
        try await group.signal(SIGTERM, group: true)
        #expect(try await group.wait() == .signal(SIGTERM))
        let wait = "until ! grep -qx sleep /proc/[0-9]*/comm; do :; done"
        #expect(try await machine.shell(wait).status == .code(0))
        await machine.stop()
      }
    }

    /// The fields of proc(5)'s `status` of a machine's QEMU.
    private static func status(
      ofMachine id: String, in directory: FilePath
    ) throws -> [String: String] {
      let file = directory.appending(id).appending("qemu.pid").string
      let record = try String(contentsOfFile: file, encoding: .utf8)
      let pid = try #require(record.split(separator: " ").first)
      let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
      let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
      }
      return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
  }
}
