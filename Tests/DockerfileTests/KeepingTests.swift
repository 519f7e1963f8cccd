import Dockerfile
import Errors
import Foundation
import Testing

/// Instructions that only the image's configuration keeps.
@Suite struct KeepingTests {
  private func plan(_ lines: String...) throws -> StagePlan {
    try Dockerfile(lines: ["FROM base"] + lines).lastPlan()
  }

  @Test func volumesAreKeptWithAWarning() throws {
    let plan = try plan("ENV D=/d", "VOLUME $D /e $D", "VOLUME [\"/f g\"]")
    #expect(plan.config.volumes == ["/d", "/e", "/f g"])
    #expect(plan.warnings.count == 2)
    #expect(plan.warnings.first?.hasPrefix("Dockerfile line 3: ") == true)
  }

  @Test(arguments: ["SIGINT", "int", "9", "SIGRTMIN+3", "rtmax-1"])
  func aStopSignalIsKept(signal: String) throws {
    let plan = try plan("STOPSIGNAL \(signal)")
    #expect(plan.config.stopSignal == signal)
    #expect(plan.warnings.map { $0.contains("STOPSIGNAL") } == [true])
  }

  @Test(arguments: ["SIGNOT", "0", "65", "RTMIN+x", "INT+1", "$X"])
  func anUnknownSignalIsRefused(signal: String) throws {
    #expect(try failure(["FROM base", "STOPSIGNAL \(signal)"]).code == .invalidArgument)
  }

  @Test func healthchecksAreKept() throws {
    #expect(try config("HEALTHCHECK NONE").healthcheck == Healthcheck(test: ["NONE"]))
    #expect(
      try config("HEALTHCHECK CMD curl x || exit 1").healthcheck
        == Healthcheck(test: ["CMD-SHELL", "curl x || exit 1"]))
    let flags =
      "--interval=1m30s --timeout=500ms --start-period=1.5s --start-interval=0 --retries=3"
    #expect(
      try config("HEALTHCHECK \(flags) CMD [\"a\", \"b\"]").healthcheck
        == Healthcheck(
          test: ["CMD", "a", "b"], interval: 90_000_000_000, timeout: 500_000_000,
          startPeriod: 1_500_000_000, retries: 3))
    #expect(try plan("HEALTHCHECK NONE").warnings.count == 1)
  }

  @Test(arguments: [
    "HEALTHCHECK", "HEALTHCHECK curl x", "HEALTHCHECK CMD", "HEALTHCHECK NONE x",
    "HEALTHCHECK --interval=x CMD a", "HEALTHCHECK --interval=-1s CMD a",
    "HEALTHCHECK --interval=9999999h CMD a", "HEALTHCHECK --retries=-1 CMD a",
    "HEALTHCHECK --every=1s CMD a",
  ])
  func wrongHealthchecksAreRefused(line: String) throws {
    #expect(try failure(["FROM base", line]).code == .invalidArgument)
  }

  @Test func theMaintainerIsTheAuthor() throws {
    let plan = try plan("maintainer Someone <a@b.c>")
    #expect(plan.config.author == "Someone <a@b.c>")
    #expect(plan.warnings.isEmpty)
  }

  @Test func aConfigurationOfAnEarlierVersionIsRead() throws {
    let text = """
      {"env":[],"workingDirectory":"/","user":"","shell":["sh"],"labels":{},"exposedPorts":[]}
      """
    let read = try JSONDecoder().decode(ImageConfig.self, from: Data(text.utf8))
    #expect(read == ImageConfig(shell: ["sh"]))
    let kept = try config("VOLUME /a", "STOPSIGNAL INT", "HEALTHCHECK CMD a", "MAINTAINER me")
    let data = try JSONEncoder().encode(kept)
    #expect(try JSONDecoder().decode(ImageConfig.self, from: data) == kept)
  }
}
