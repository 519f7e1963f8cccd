import Agent
import CLinux
import Glibc
import GuestProtocol
import Testing

@Suite struct MemoryKillTests {
  private static func told(_ pid: Int32, _ name: String) -> String {
    """
    6,871,99,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/,\
    task=\(name),pid=\(pid),uid=0
    3,872,99,-;Out of memory: Killed process \(pid) (\(name)) total-vm:912344kB, anon-rss:1kB, \
    file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1848kB oom_score_adj:0
     SUBSYSTEM=memory

    """
  }

  /// Kills as the kernel tells of them, and a way to tell of more.
  private final class Log {
    let ends: [Int32]
    let kills: MemoryKills

    init() {
      var ends: [Int32] = [-1, -1]
      _ = clinux_pipe(&ends, O_CLOEXEC | O_NONBLOCK)
      self.ends = ends
      kills = MemoryKills(log: ends[0])
    }

    deinit { for end in ends { close(end) } }

    func write(_ text: String) {
      _ = Array(text.utf8).withUnsafeBytes { Glibc.write(ends[1], $0.baseAddress, $0.count) }
    }
  }

  @Test func theProcessThatWasKilledIsKnownByItsID() {
    let log = Log()
    log.write(Self.told(70, "old"))
    let mark = log.kills.mark()
    log.write("6,1,1,-;eth0: renamed\n" + Self.told(71, "a (b) c") + Self.told(72, "other"))
    #expect(log.kills.victim(of: 71, .signal(SIGKILL), since: mark) == "a (b) c")
    #expect(log.kills.victim(of: 73, .signal(SIGKILL), since: mark) == nil)
    // The kill of an earlier process with that id.
    #expect(log.kills.victim(of: 70, .signal(SIGKILL), since: mark) == nil)
  }

  @Test func aShellThatPassesAKillOnIsKnownByItsCode() {
    let log = Log()
    let mark = log.kills.mark()
    #expect(log.kills.victim(of: 80, .code(137), since: mark) == nil)
    log.write(Self.told(81, "python3"))
    #expect(log.kills.victim(of: 80, .code(137), since: mark) == "python3")
    #expect(log.kills.victim(of: 80, .code(137), since: log.kills.mark()) == nil)
  }

  @Test(arguments: [GuestProtocol.ExitStatus.code(0), .code(1), .code(9), .signal(SIGTERM)])
  func everyOtherEndIsWhatItIs(_ status: GuestProtocol.ExitStatus) {
    let log = Log()
    let mark = log.kills.mark()
    log.write(Self.told(81, "python3"))
    #expect(log.kills.victim(of: 81, status, since: mark) == nil)
  }

  @Test func aThousandKillsAreCounted() {
    let log = Log()
    let mark = log.kills.mark()
    for pid in Int32(1)...1000 {
      log.write(Self.told(pid, "p\(pid)"))
      #expect(log.kills.mark() == mark + Int(pid))
    }
    #expect(log.kills.victim(of: 1000, .signal(SIGKILL), since: mark) == "p1000")
    #expect(log.kills.victim(of: 1, .signal(SIGKILL), since: mark) == nil)
  }

  @Test func withoutALogNothingIsKnown() {
    let kills = MemoryKills(log: -1)
    #expect(kills.victim(of: 1, .signal(SIGKILL), since: kills.mark()) == nil)
  }

  @Test func theHostIsTold() throws {
    let host = try Host()
    try host.start(Host.shell("echo $$; read x; kill -KILL $$"))
    try host.wait { host.text(5).hasSuffix("\n") }
    let pid = try #require(Int32(host.text(5).dropLast()))
    host.logOfKernel(Self.told(pid, "sh"))
    try host.feed(Array("go\n".utf8), to: 1)
    #expect(try host.finish(1).status == .outOfMemory(victim: "sh"))
  }
}
