import Errors
import Glibc
import Logging
import Machines
import SystemPackage
import Testing

@Suite("The host's side of the network", .serialized, .enabled(if: getuid() == 0, "needs root"))
struct NetworkHostTests {
  /// A network of its own beside whatever runs on this host: own names, a range of four networks.
  private func network(in folder: FilePath) throws -> (HostNetwork, NetworkInstance) {
    let instance = NetworkInstance(dataDirectory: folder.string)
    let configuration = HostNetwork.Configuration(
      instance: instance, directory: folder,
      range: try #require(IPv4Network("10.213.254.16/28")))
    return (HostNetwork(configuration, logger: Logger(label: "test")), instance)
  }

  private func exists(_ interface: String) -> Bool {
    if_nametoindex(interface) != 0
  }

  private func tables() async throws -> String {
    try await Tool("nft", package: "nftables").run(["list", "tables"]).standardOutput
  }

  private func guests(_ instance: NetworkInstance) async throws -> String {
    try await Tool("nft", package: "nftables")
      .run(["list", "set", "inet", instance.table, "guests"]).standardOutput
  }

  @Test(
    "A sandbox gets a tap, addresses and a name server, and leaves nothing", .timeLimit(.minutes(1))
  )
  func life() async throws {
    let folder = try PreparationFolder()
    let (network, instance) = try network(in: folder.path)
    try await network.start()
    let attachment = try await network.attach(sandboxID: "sb-1")
    #expect(attachment.prefixLength == 30)
    #expect(attachment.gateway.description == "10.213.254.17")
    #expect(attachment.guestAddress.description == "10.213.254.18")
    #expect(attachment.dnsServers == [attachment.gateway])
    #expect(exists(attachment.interface))
    #expect(fcntl(attachment.tapDescriptor.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    #expect(try await guests(instance).contains("\"\(attachment.interface)\" . 10.213.254.18"))
    try await expectAnswer(from: attachment.gateway)

    let second = try await network.attach(sandboxID: "sb-2")
    #expect(second.interface != attachment.interface)
    #expect(second.gateway.description == "10.213.254.21")
    await network.detach(sandboxID: "sb-1")
    await network.detach(sandboxID: "sb-1")
    #expect(!exists(attachment.interface))
    #expect(try await !guests(instance).contains("10.213.254.18"))
    #expect(exists(second.interface))

    await network.stop()
    #expect(!exists(second.interface))
    #expect(try await !tables().contains(instance.table))
    #expect(try folder.names().isEmpty)
  }

  @Test("A sandbox is attached once, and a full range is an error", .timeLimit(.minutes(1)))
  func limits() async throws {
    let folder = try PreparationFolder()
    let (network, _) = try network(in: folder.path)
    try await network.start()
    _ = try await network.attach(sandboxID: "sb-0")
    let twice = await #expect(throws: SandlotError.self) {
      try await network.attach(sandboxID: "sb-0")
    }
    #expect(twice?.code == .alreadyExists)
    for number in 1..<4 { _ = try await network.attach(sandboxID: "sb-\(number)") }
    let full = await #expect(throws: SandlotError.self) {
      try await network.attach(sandboxID: "sb-4")
    }
    #expect(full?.code == .resourceExhausted)
    await network.detach(sandboxID: "sb-2")
    #expect(try await network.attach(sandboxID: "sb-4").gateway.description == "10.213.254.25")
    await network.stop()
  }

  @Test(
    "What a killed server left is found and removed, a tap in use included", .timeLimit(.minutes(1))
  )
  func leftovers() async throws {
    let folder = try PreparationFolder()
    let (network, instance) = try network(in: folder.path)
    try await network.start()
    let attachment = try await network.attach(sandboxID: "sb-1")
    let found = try await HostNetwork.removeLeftovers(instance: instance, directory: folder.path)
    #expect(found == ["dnsmasq", attachment.interface])
    #expect(!exists(attachment.interface))
    #expect(try await !tables().contains(instance.table))
    #expect(
      try await HostNetwork.removeLeftovers(instance: instance, directory: folder.path).isEmpty)
    await network.stop()
  }

  @Test("Another process with the pid of a leftover is let live")
  func foreignPid() async throws {
    let folder = try PreparationFolder()
    let instance = NetworkInstance(dataDirectory: folder.path.string)
    try folder.write("\(getpid())\n", to: "dnsmasq.pid")
    #expect(
      try await HostNetwork.removeLeftovers(instance: instance, directory: folder.path).isEmpty)
  }

  /// Asks for a name that dnsmasq answers itself, until it has taken up the new interface.
  private func expectAnswer(from server: IPv4Address) async throws {
    let probe = """
      for i in $(seq 100); do
        if exec 3<>/dev/tcp/\(server)/53; then echo up; exit; fi 2>/dev/null
        sleep 0.05
      done
      """
    let output = try await Tool("bash", package: "bash").run(["-c", probe])
    #expect(output.standardOutput == "up\n")
  }
}
