import Errors
import Sandboxes
import Testing

@Suite struct ValidationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Must occur in the refusal; nil where the specification is good.
    var complaint: String?
    var adjust: @Sendable (inout SandboxSpecification) -> Void

    init(
      _ name: String, _ complaint: String?,
      _ adjust: @escaping @Sendable (inout SandboxSpecification) -> Void
    ) {
      testDescription = name
      self.complaint = complaint
      self.adjust = adjust
    }
  }

  static let limits = SandboxLimits(host: HostResources(memoryMiB: 8192, processors: 4))

  static let cases = [
    Case("defaults", nil) { _ in },
    Case("memory default", nil) { $0.memoryMiB = 0 },
    Case("memory least", nil) { $0.memoryMiB = 128 },
    Case("memory most", nil) { $0.memoryMiB = 6144 },
    Case("memory too little", "127 MiB") { $0.memoryMiB = 127 },
    Case("memory negative", "-1 MiB") { $0.memoryMiB = -1 },
    Case("memory beyond the host", "10485760 MiB is more than this host has: 8192") {
      $0.memoryMiB = 10 << 20
    },
    Case("memory beyond the budget", "6145 MiB is more than this server may promise") {
      $0.memoryMiB = 6145
    },
    Case("cpu most", nil) { $0.milliCPU = 4000 },
    Case("cpu negative", "-0.5 cores") { $0.milliCPU = -500 },
    Case("cpu too much", "4.001 cores is more than this host has: 4 logical processors") {
      $0.milliCPU = 4001
    },
    Case("cpu limit negative", "cpu limit of -1.0") { $0.milliCPULimit = -1000 },
    Case("cpu limit too much", "cpu limit of 5.0") { $0.milliCPULimit = 5000 },
    Case("cpu limit below request", "below the request of 2.0") {
      $0.milliCPU = 2000
      $0.milliCPULimit = 1000
    },
    Case("arguments most", nil) { $0.arguments = [String(repeating: "x", count: 65536)] },
    Case("arguments too long", "65537 bytes") {
      $0.arguments = ["x", String(repeating: "x", count: 65536)]
    },
    Case("argument with NUL", "NUL") { $0.arguments = ["a\0b"] },
    Case("name good", nil) { $0.name = "My-box_1.0" },
    Case("name longest", nil) { $0.name = String(repeating: "n", count: 63) },
    Case("name too long", "the name of a sandbox") { $0.name = String(repeating: "n", count: 64) },
    Case("name with space", "'my box'") { $0.name = "my box" },
    Case("name not ASCII", "'böx'") { $0.name = "böx" },
    Case("timeout least", nil) { $0.timeoutSeconds = 1 },
    Case("timeout most", nil) { $0.timeoutSeconds = 86400 },
    Case("timeout none", "timeout of 0 s") { $0.timeoutSeconds = 0 },
    Case("timeout too long", "86401 s") { $0.timeoutSeconds = 86401 },
    Case("idle timeout none", "idle timeout of 0 s") { $0.idleTimeoutSeconds = 0 },
    Case("directory good", nil) { $0.workingDirectory = "/srv" },
    Case("directory relative", "\"srv\"") { $0.workingDirectory = "srv" },
    Case("variable without name", "\"\"") {
      $0.environment = [EnvironmentVariable(name: "", value: "x")]
    },
    Case("variable with =", "\"A=B\"") {
      $0.environment = [EnvironmentVariable(name: "A=B", value: "x")]
    },
    Case("variable with NUL", "variable A") {
      $0.environment = [EnvironmentVariable(name: "A", value: "\0")]
    },
  ]

  @Test(arguments: cases)
  func refusesByName(_ item: Case) throws {
    let specification = SandboxSpecification.sample(item.adjust)
    guard let complaint = item.complaint else {
      try specification.validate(Self.limits, memoryBudgetMiB: 6144)
      return
    }
    let error = try #require(
      #expect(throws: SandlotError.self) {
        try specification.validate(Self.limits, memoryBudgetMiB: 6144)
      })
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains(complaint), "\(error.message)")
  }

  @Test func refusesExecsThatCannotBe() throws {
    let good = ExecSpecification(execID: "e", arguments: ["true"])
    try good.validate()
    let changes: [(inout ExecSpecification) -> Void] = [
      { $0.execID = "" },
      { $0.execID = String(repeating: "e", count: 257) },
      { $0.arguments = [] },
      { $0.arguments = [""] },
      { $0.arguments = ["a", "\0"] },
      { $0.workingDirectory = "relative" },
      { $0.standardOutput = .merged },
      { $0.environment = [EnvironmentVariable(name: "=", value: "")] },
    ]
    for change in changes {
      var bad = good
      change(&bad)
      let error = try #require(#expect(throws: SandlotError.self) { try bad.validate() })
      #expect(error.code == .invalidArgument)
    }
  }
}
