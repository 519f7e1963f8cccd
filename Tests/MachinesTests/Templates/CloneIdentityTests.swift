import Foundation
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
      cat /sys/class/net/*/address /proc/sys/kernel/random/boot_id | tr '\n' ' '; echo
      hostname
      openssl genpkey -algorithm ED25519 | openssl pkey -pubout -outform DER | sha256sum
      """

    @Test func thirtyTwoClonesOfOneTemplateShareNothing() async throws {
      try await TestHost.withTemplates { configuration in
        _ = try await TestHost.makeTemplate(in: configuration)
        let host = try await MachineHost.open(configuration)
        let machines = try await withThrowingTaskGroup(of: (any Machine).self) { group in
          for number in 0..<Self.count {
            group.addTask {
              var request = try TestHost.request("sb-\(number)")
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
        for question in 0..<7 {
          let values = answers.map { $0.count == 7 ? $0[question] : "missing" }
          #expect(Set(values).count == Self.count, "question \(question): \(values)")
          #expect(!values.contains(""))
        }
        for machine in machines { try await expectRightTime(machine) }
        for machine in machines { await machine.stop() }
        await host.close()
      }
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
