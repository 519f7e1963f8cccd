import Machines
import Testing

extension VirtualMachineTests {
  /// What a real machine says of its use of the host.
  @Suite(.tags(.vm), .serialized, .enabled(if: TestHost.isReady), .timeLimit(.minutes(5)))
  struct MachineUsageTests {
    @Test func itsUseIsToldWhileItRunsAndTheTimeAfterwardsToo() async throws {
      try await TestHost.withConfiguration { configuration in
        let host = try await MachineHost.open(configuration)
        let machine = try await host.launch(TestHost.request("sb-usage"))
        // What the start took is not the machine's own use.
        #expect(machine.processorSeconds < 1)
        let before = machine.processorSeconds
        // The shell's own processor time, in hundredths of a second, up to two seconds.
        let script = """
          while read -r line </proc/self/stat && set -- $line && [ $((${14} + ${15})) -lt 200 ]
          do :; done; echo $((${14} + ${15}))
          """
        let output = try await machine.shell(script).output.dropLast()
        let burnt = try #require(Double(output)) / 100
        let after = machine.processorSeconds
        #expect(burnt >= 2 && after - before >= burnt * 0.97, "\(before), \(after)")
        let memory = try #require(await machine.guestMemoryBytes())
        #expect((8 << 20...512 << 20).contains(memory))
        #expect(try #require(machine.hostMemoryBytes) > 8 << 20)
        await machine.stop()
        let final = machine.processorSeconds
        #expect(final >= after && machine.processorSeconds == final)
        #expect(machine.hostMemoryBytes == nil)
        #expect(await machine.guestMemoryBytes() == nil)
      }
    }
  }
}
