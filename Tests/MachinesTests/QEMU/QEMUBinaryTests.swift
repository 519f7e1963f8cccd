import Errors
import Machines
import Testing

struct QEMUBinaryTests {
  @Test(arguments: [
    (
      "q35  Standard PC (alias of pc-q35-7.2)\npc-q35-7.2  Standard PC\npc-q35-7.1  x", "pc-q35-7.2"
    ),
    ("pc-q35-8.2  a\npc-q35-7.2  b", "pc-q35-7.2"),
    ("pc-q35-9.2  a\npc-q35-10.0  b\npc-q35-9.10.1  c", "pc-q35-10.0"),
    ("pc-q35-6.2  a\npc-i440fx-9.0  b", "pc-q35-6.2"),
  ])
  func aVersionedMachineTypeIsChosen(help: String, type: String) {
    #expect(QEMUBinary.machineType(in: help) == type)
  }

  @Test func withoutOneThereIsNone() {
    #expect(QEMUBinary.machineType(in: "microvm  x\nq35  alias") == nil)
  }

  @Test func aMissingQEMUIsNamedWithItsPackage() async {
    let error = await #expect(throws: SandlotError.self) {
      _ = try await QEMUBinary.find("/nonexistent/qemu")
    }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.hint == "Run: apt-get install qemu-system-x86")
  }

  @Test func privilegesAreGivenUpBeforeQEMUStarts() {
    let plain = Confinement(id: 700_001).wrap(["qemu", "-S"])
    #expect(plain.prefix(5) == ["setpriv", "--reuid", "700001", "--regid", "700001"])
    #expect(plain.contains("--clear-groups") && plain.contains("--no-new-privs"))
    #expect(plain.suffix(3) == ["--", "qemu", "-S"])
    let native = Confinement(id: 700_001, group: 108).wrap(["qemu"])
    #expect(native.contains("--groups") && native.contains("108"))
  }
}
