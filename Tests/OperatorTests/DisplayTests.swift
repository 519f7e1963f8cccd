import Operator
import OperatorProtocol
import SwiftProtobuf
import Testing

/// What people see of sandboxes and traces.
@Suite struct DisplayTests {
  private let now = Google_Protobuf_Timestamp(seconds: 1000)

  private func sandbox(_ id: String, cores: Double?, created: Int64) -> Sandlot_Operator_Sandbox {
    .with {
      $0.id = id
      $0.appName = "mine"
      $0.state = "running"
      $0.createdAt = Google_Protobuf_Timestamp(seconds: created)
      $0.cpuRequest = 0.125
      $0.memoryMib = 1024
      if let cores { $0.coresInUse = cores }
    }
  }

  @Test func sandboxesStandInColumns() {
    var first = sandbox("sb-1", cores: 0.756, created: 800)
    first.name = "box"
    first.cpuLimit = 2
    first.guestMemoryBytes = 100 << 20
    first.hostMemoryBytes = 120 << 20
    first.cost = "0.00012345"
    first.launchPath = "restore"
    let second = sandbox("sb-22", cores: nil, created: 999)
    #expect(
      SandboxTable.lines([first, second], at: now) == [
        "SANDBOX  NAME  APP   STATE    CODE    AGE  CORES      CPU  MEM  OF MiB  HOST      COST  START",
        "sb-1     box   mine  running     -  3m20s   0.76  0.125-2  100    1024   120  0.000123  restore",
        "sb-22    -     mine  running     -     1s      -    0.125    -    1024     -         -  -",
      ])
    #expect(
      SandboxTable.lines([first, second], at: now, width: 55) == [
        "SANDBOX  NAME  STATE      AGE  CORES  MEM      COST",
        "sb-1     box   running  3m20s   0.76  100  0.000123",
        "sb-22    -     running     1s      -    -         -",
      ])
    #expect(SandboxTable.lines([first], at: now, width: 1)[0] == "SANDBOX    AGE  CORES  MEM")
  }

  @Test func aFinishedOneHasACodeAndGrowsNoOlder() {
    var finished = sandbox("sb-1", cores: nil, created: 800)
    finished.state = "failure"
    finished.exitCode = 3
    finished.finishedAt = Google_Protobuf_Timestamp(seconds: 830)
    for time in [Int64(900), 90_000] {
      let lines = SandboxTable.lines([finished], at: Google_Protobuf_Timestamp(seconds: time))
      #expect(lines[1].hasPrefix("sb-1     -     mine  failure     3  30s      -"))
    }
  }

  @Test func theBusiestComeFirstAndNearlyEqualOnesKeepTheirPlaces() {
    let sandboxes = [
      sandbox("a", cores: 0.1, created: 3), sandbox("b", cores: 2, created: 1),
      sandbox("c", cores: 0.1, created: 4), sandbox("d", cores: nil, created: 5),
    ]
    var order = BusyOrder()
    #expect(order.sorted(sandboxes).map(\.id) == ["b", "c", "a", "d"])
    var next = sandboxes
    next[0].coresInUse = 0.15
    #expect(order.sorted(next.reversed()).map(\.id) == ["b", "c", "a", "d"])
    next[0].coresInUse = 0.3
    #expect(order.sorted(next).map(\.id) == ["b", "a", "c", "d"])
    next.append(sandbox("e", cores: 1, created: 9))
    next.remove(at: 2)
    #expect(order.sorted(next).map(\.id) == ["b", "e", "a", "d"])
  }

  @Test func theSummaryAddsUp() {
    var one = sandbox("a", cores: 0.5, created: 1)
    one.guestMemoryBytes = 10 << 20
    one.hostMemoryBytes = 20 << 20
    #expect(
      SandboxTable.summary([one, sandbox("b", cores: 1, created: 1)])
        == "2 sandboxes, 1.50 cores, 10 of 2048 MiB in guests, 20 MiB of the host")
    #expect(SandboxTable.summary([one]).hasPrefix("1 sandbox, 0.50 cores"))
  }

  @Test func aNameCannotCommandTheTerminal() {
    var evil = sandbox("sb-1", cores: nil, created: 1)
    evil.appName = "a\u{1b}[2Jb\r\n\u{9b}c"
    let lines = SandboxTable.lines([evil], at: now)
    #expect(lines.count == 2 && lines[1].contains("a?[2Jb??c"))
  }

  @Test(arguments: [
    (-3, "0s"), (59.9, "59s"), (60, "1m0s"), (3599, "59m59s"), (7500, "2h5m"), (97_200, "1d3h"),
  ])
  func agesHaveTwoUnits(seconds: Double, text: String) {
    #expect(Amounts.age(seconds) == text)
  }

  @Test(arguments: [
    ("0", "0.000000"), ("0.0000004", "<0.000001"), ("1.5", "1.500000"),
    ("0.0001234567", "0.000123"),
  ])
  func costsHaveSixDigits(text: String, shown: String) {
    #expect(Amounts.cost(text) == shown)
  }

  @Test func aTraceShowsStagesSharesAndTheFirstExec() {
    let trace = Sandlot_Operator_CreateTrace.with {
      $0.sandboxID = "sb-1"
      $0.launchPath = "cold boot"
      $0.stages = [
        .with {
          $0.name = "accept"
          $0.seconds = 0.005
        },
        .with {
          $0.name = "boot"
          $0.seconds = 0.995
        },
      ]
      $0.seconds = 1
      $0.ready = true
      $0.firstExecStarted = 0.0123
      $0.firstExecExited = 0.02
    }
    #expect(
      TraceTable.lines(trace) == [
        "sandbox  sb-1", "start    cold boot", "",
        "STAGE                        ms    SHARE",
        "accept                      5.0    0.5 %",
        "boot                      995.0   99.5 %",
        "ready                    1000.0  100.0 %",
        "first exec ran, after      12.3",
        "first exec ended, after    20.0",
      ])
  }

  @Test func aFailureIsMarkedAndExplained() {
    let trace = Sandlot_Operator_CreateTrace.with {
      $0.sandboxID = "sb-1"
      $0.stages = [
        .with {
          $0.name = "launch"
          $0.seconds = 2
          $0.failure = "The kernel did not boot."
        }
      ]
      $0.seconds = 2
    }
    let lines = TraceTable.lines(trace)
    #expect(lines[1] == "start    its machine did not start")
    #expect(lines.contains { $0.hasPrefix("launch (failed)") })
    #expect(lines.contains { $0.hasPrefix("not ready") })
    #expect(lines.last == "launch failed: The kernel did not boot.")
  }
}
