import Errors
import Machines
import Testing

struct MachineRequestTests {
  private static let good = MachineRequest(
    id: "sb-1", memoryMiB: 512, virtualCPUs: 1, layers: ["/l"], hostname: "h", network: .blocked)

  @Test func anOrdinaryRequestIsFine() throws { try Self.good.check() }

  @Test(arguments: ["", "..", "a/b", "a b", ".x", "é", String(repeating: "x", count: 65)])
  func anIDMustBeAFileName(id: String) {
    var request = Self.good
    request.id = id
    expectRefused(request)
  }

  @Test func sizesMustBePossible() {
    for (memory, processors) in [(0, 1), (-5, 1), (127, 1), (512, 0), (512, 256)] {
      var request = Self.good
      request.memoryMiB = memory
      request.virtualCPUs = processors
      expectRefused(request)
    }
    var request = Self.good
    request.layers = []
    expectRefused(request)
  }

  private func expectRefused(_ request: MachineRequest) {
    let error = #expect(throws: SandlotError.self) { try request.check() }
    #expect(error?.code == .invalidArgument)
  }
}
