import API
import Edge
import Errors
import ModalProtocol
import Sandboxes
import Testing

@Suite struct SpecificationTests {
  private func read(
    _ fill: (inout Modal_Client_SandboxCreateV2Request) -> Void
  ) throws -> SandboxSpecification {
    var request = Modal_Client_SandboxCreateV2Request()
    request.appID = "ap-1"
    request.definition.imageID = "im-1"
    fill(&request)
    return try SandboxSpecification(request)
  }

  @Test func everyFieldIsRead() throws {
    let specification = try read {
      $0.definition = .with {
        $0.imageID = "im-2"
        $0.name = "box"
        $0.entrypointArgs = ["sleep", "1"]
        $0.workdir = "/work"
        $0.resources = .with {
          $0.milliCpu = 1500
          $0.milliCpuMax = 2500
          $0.memoryMb = 2048
        }
        $0.timeoutSecs = 600
        $0.idleTimeoutSecs = 60
        $0.blockNetwork = true
      }
      $0.tags = ["b": "2", "a": "1"].map { name, value in
        .with {
          $0.tagName = name
          $0.tagValue = value
        }
      }
    }
    var expected = SandboxSpecification(appID: "ap-1", imageID: "im-2")
    expected.name = "box"
    expected.arguments = ["sleep", "1"]
    expected.workingDirectory = "/work"
    expected.milliCPU = 1500
    expected.milliCPULimit = 2500
    expected.memoryMiB = 2048
    expected.timeoutSeconds = 600
    expected.idleTimeoutSeconds = 60
    expected.network = .blocked
    expected.tags = ["a": "1", "b": "2"]
    #expect(specification == expected)
  }

  @Test func theFirstGenerationsRequestIsReadAlike() throws {
    let request = Modal_Client_SandboxCreateV2Request(
      Modal_Client_SandboxCreateRequest.with {
        $0.appID = "ap-1"
        $0.definition.imageID = "im-1"
        $0.definition.entrypointArgs = ["run"]
        $0.definition.secretIds = ["st-1", "st-2"]
        $0.definition.name = ""
        $0.tags = [
          .with {
            $0.tagName = "a"
            $0.tagValue = "1"
          }
        ]
      })
    var expected = SandboxSpecification(appID: "ap-1", imageID: "im-1")
    expected.arguments = ["run"]
    expected.timeoutSeconds = 0
    expected.tags = ["a": "1"]
    #expect(try SandboxSpecification(request) == expected)
    #expect(
      request.environmentSources.filter { $0 != .variables([:]) }
        == [.secret("st-1"), .secret("st-2")])
  }

  @Test func whatIsNotGivenIsNil() throws {
    let specification = try read { _ in }
    #expect(specification.name == nil && specification.workingDirectory == nil)
    #expect(specification.idleTimeoutSeconds == nil && specification.terminal == nil)
    #expect(specification.network == .outbound && specification.environment.isEmpty)
  }

  @Test func anIdleTimeoutOfZeroIsNotNone() throws {
    #expect(try read { $0.definition.idleTimeoutSecs = 0 }.idleTimeoutSeconds == 0)
  }

  @Test(arguments: [(50, 120, 50, 120), (0, 0, 24, 80)] as [(UInt32, UInt32, UInt32, UInt32)])
  func aTerminalHasASize(
    rows: UInt32, columns: UInt32, readRows: UInt32, readColumns: UInt32
  ) throws {
    let specification = try read {
      $0.definition.ptyInfo = .with {
        $0.enabled = true
        $0.winszRows = rows
        $0.winszCols = columns
        $0.envTerm = "xterm"
      }
    }
    #expect(
      specification.terminal
        == TerminalSettings(rows: readRows, columns: readColumns, term: "xterm"))
  }

  @Test func aTerminalThatIsOffIsNone() throws {
    #expect(try read { $0.definition.ptyInfo.winszRows = 10 }.terminal == nil)
  }

  @Test(
    arguments: [
      (.unspecified, false, .outbound), (.unspecified, true, .blocked), (.open, false, .outbound),
      (.open, true, .blocked), (.blocked, false, .blocked), (.blocked, true, .blocked),
    ] as [(Modal_Client_NetworkAccess.NetworkAccessType, Bool, SandboxSpecification.Network)])
  func networkAccess(
    access: Modal_Client_NetworkAccess.NetworkAccessType, isBlocked: Bool,
    network: SandboxSpecification.Network
  ) throws {
    let specification = try read {
      $0.definition.networkAccess.networkAccessType = access
      $0.definition.blockNetwork = isBlocked
    }
    #expect(specification.network == network)
  }

  @Test(
    arguments: [
      (.allowlist, .unimplemented, "outbound_cidr_allowlist"),
      (.UNRECOGNIZED(9), .invalidArgument, "9"),
    ] as [(Modal_Client_NetworkAccess.NetworkAccessType, SandlotError.Code, String)])
  func networkAccessThatIsRefused(
    access: Modal_Client_NetworkAccess.NetworkAccessType, code: SandlotError.Code, word: String
  ) {
    let error = #expect(throws: SandlotError.self) {
      try read { $0.definition.networkAccess.networkAccessType = access }
    }
    #expect(error?.code == code && error?.message.contains(word) == true)
  }
}
