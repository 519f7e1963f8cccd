import GuestProtocol

/// One value of every message, with every optional part present and absent.
enum Samples {
  static let network = GuestNetwork(
    macAddress: "02:00:00:00:00:01", address: "10.1.2.3", prefixLength: 30, gateway: "10.1.2.1",
    nameServers: ["10.1.2.1", "9.9.9.9"], mtu: 1500)

  static func identity(_ network: GuestNetwork?) -> Identity {
    Identity(
      hostname: "größe-1", machineID: String(repeating: "0f", count: 16),
      clock: ClockReference(monotonic: 123_456_789, realtime: -1_700_000_000_123_456_789),
      entropy: Array(0...255), network: network)
  }

  static var terminalProcess: ProcessSpecification {
    var process = ProcessSpecification(id: 7, arguments: ["sh", "-c", "", "é\n"])
    process.environment = ["A=1", "B="]
    process.workingDirectory = "/srv/ü"
    process.createsWorkingDirectory = true
    process.user = "1000:staff"
    process.standardInput = .null
    process.standardError = .merged
    process.terminal = .init(rows: 24, columns: 65535)
    process.initRole = .always
    return process
  }

  static let requests: [Request] = [
    .configure(identity(network)), .configure(identity(nil)),
    .mountRoot(
      RootFilesystem(device: "/dev/vda", modulesDevice: "/dev/vdb", certificates: [0, 255])),
    .spawn(terminalProcess), .spawn(ProcessSpecification(id: .max, arguments: [])),
    .signal(process: 3, number: 15, group: true), .signal(process: 3, number: 9, group: false),
    .freeze(limitMilliseconds: 30_000), .thaw, .shutDown, .readMemory, .readClock,
    .prepare(modulesDevice: "/dev/vdb"), .rehearse(device: "/dev/vda", identity(network)),
    .endRehearsal,
    .probePort(65535),
    .mountFiles(device: "/dev/vdc", filesystem: "squashfs"),
    .unmountFiles, .deliverFiles,
  ]

  static let replies: [Reply] =
    [
      .done, .spawned(pid: 4242), .memory(total: 1 << 40, available: 4096),
      .clock(123_456_789_000), .port(isOpen: true), .port(isOpen: false),
    ]
    + GuestFailure.Kind.allCases.map { .failure(GuestFailure($0, errno: 2, "no such \($0)")) }

  static let events: [Event] = [
    .exited(process: 1, status: .code(0)), .exited(process: 2, status: .code(255)),
    .exited(process: .max, status: .signal(9)),
    .exited(process: 3, status: .outOfMemory(victim: "python3")),
  ]
}
