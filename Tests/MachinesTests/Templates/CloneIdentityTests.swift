import Foundation
import Logging
import Machines
import SystemPackage
import Testing

extension VirtualMachineTests {
  /// What must not be the same in two machines that began from one state.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(8)))
  struct CloneIdentityTests {
    private static let count = 32

    /// One line each, of what the first process in a machine sees.
    private static let questions = """
      python3 -c 'import os; print(os.getrandom(16).hex())'
      od -An -N16 -tx1 /dev/urandom | tr -d ' '
      cat /proc/sys/kernel/random/uuid
      cat /etc/machine-id
      cat /sys/class/net/eth0/address
      hostname
      openssl genpkey -algorithm ED25519 | openssl pkey -pubout -outform DER | sha256sum
      cat /proc/sys/kernel/random/boot_id
      """
    private static let questionCount = 8

    @Test func thirtyTwoClonesOfOneTemplateShareNothing() async throws {
      try await TestHost.withTemplates { original in
        let network = Self.network(of: original)
        try await network.start()
        var configuration = original
        configuration.network = network
        do {
          try await expectNothingShared(configuration)
        } catch {
          await network.stop()
          throw error
        }
        await network.stop()
      }
    }

    /// A network beside those of whatever runs on this host, with room for all clones.
    private static func network(of configuration: MachineHost.Configuration) -> HostNetwork {
      let directory = configuration.runtimeDirectory.removingLastComponent().appending("network")
      return HostNetwork(
        .init(
          instance: NetworkInstance(dataDirectory: directory.string), directory: directory,
          range: IPv4Network(IPv4Address(0x0ad5_fc00), prefixLength: 24)),
        logger: Logger(label: "test"))
    }

    private func expectNothingShared(_ configuration: MachineHost.Configuration) async throws {
      var usual = try TestHost.request("usual")
      usual.network = .outbound
      _ = try await TestHost.makeTemplate(in: configuration, for: usual)
      let host = try await MachineHost.open(configuration)
      let clone = usual
      let machines = try await withThrowingTaskGroup(of: (any Machine).self) { group in
        for number in 0..<Self.count {
          group.addTask {
            var request = clone
            request.id = "sb-\(number)"
            request.hostname = "box-\(number)"
            return try await host.launch(request)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(machines.allSatisfy { $0.launch.path == .restore })
      var answers: [[String]] = []
      for machine in machines {
        let output = try await machine.shell(Self.questions).output
        answers.append(output.split(separator: "\n").map(String.init))
      }
      for question in 0..<Self.questionCount {
        let values = answers.map { $0.count == Self.questionCount ? $0[question] : "missing" }
        #expect(Set(values).count == Self.count, "question \(question): \(values)")
        #expect(!values.contains(""))
      }
      for machine in machines { try await expectRightTime(machine) }
      for machine in machines { await machine.stop() }
      await host.close()
    }

    /// The guest's clock is within 100 ms of the host's, whatever the question's way takes.
    private func expectRightTime(_ machine: any Machine) async throws {
      let tolerance = 0.1
      let asked = Date().timeIntervalSince1970
      let text = try await machine.shell("date +%s.%N").output
      let answered = Date().timeIntervalSince1970
      let time = try #require(Double(text.dropLast()))
      #expect(time > asked - tolerance && time < answered + tolerance, "\(machine.id)")
    }
  }
}
