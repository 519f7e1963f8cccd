import Errors
import Machines
import Testing

@Suite("Which modules a guest loads, and in which order")
struct PreparationModuleIndexTests {
  private let index = ModuleIndex(
    dependencies: """
      kernel/virtio/virtio.ko: kernel/virtio/virtio_ring.ko
      kernel/virtio/virtio_ring.ko:
      kernel/virtio/virtio_pci.ko.xz: kernel/virtio/virtio.ko kernel/virtio/virtio_ring.ko
      kernel/net/virtio_net.ko: kernel/net/net_failover.ko kernel/net/failover.ko kernel/virtio/virtio.ko
      kernel/net/net_failover.ko: kernel/net/failover.ko
      kernel/net/failover.ko:
      kernel/char/virtio-rng.ko: kernel/virtio/virtio.ko
      """,
    builtIn: "kernel/fs/ext4/ext4.ko\nkernel/fs/jbd2/jbd2.ko\n")

  @Test("Dependencies come first, each file once")
  func order() throws {
    #expect(
      try index.loadOrder(required: ["virtio_pci", "virtio_net"]) == [
        "kernel/virtio/virtio_ring.ko", "kernel/virtio/virtio.ko",
        "kernel/virtio/virtio_pci.ko.xz", "kernel/net/failover.ko",
        "kernel/net/net_failover.ko", "kernel/net/virtio_net.ko",
      ])
  }

  @Test("What is built in is not loaded")
  func builtIn() throws {
    #expect(try index.loadOrder(required: ["ext4"]).isEmpty)
  }

  @Test("A dash in a file's name is an underscore in the module's")
  func dash() throws {
    #expect(
      try index.loadOrder(required: [], optional: ["virtio_rng"]).last
        == "kernel/char/virtio-rng.ko")
  }

  @Test("A missing optional module is left out; a missing required one is an error")
  func missing() throws {
    #expect(try index.loadOrder(required: [], optional: ["squashfs"]).isEmpty)
    let error = #expect(throws: SandlotError.self) {
      try index.loadOrder(required: ["squashfs"])
    }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("squashfs") == true)
  }
}
