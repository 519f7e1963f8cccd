import Errors
import Glibc
import Machines
import Synchronization
import SystemPackage
import Testing

@Suite("Running the host's programs")
struct PreparationToolTests {
  private let shell = Tool("sh", package: "dash")

  @Test("Both streams are captured and the input arrives")
  func capture() async throws {
    let output = try await shell.run(
      ["-c", "cat; echo $WORD >&2"], environment: ["WORD": "there"], input: "hello")
    #expect(output == (try await shell.run(["-c", "printf hello; echo there >&2"])))
    #expect(output.standardOutput == "hello")
    #expect(output.standardError == "there\n")
  }

  @Test("A missing program names its package")
  func missing() async {
    await #expect(
      throws: SandlotError(
        .failedPrecondition, "mkflux is not installed.", hint: "Run: apt-get install flux-tools")
    ) {
      try await Tool("mkflux", package: "flux-tools").run([])
    }
  }

  @Test("A failure carries the exit code and the last lines")
  func failure() async {
    await #expect(throws: SandlotError(.internal, "sh failed (exit code 3): 2\n3\n4\n5\n6")) {
      try await shell.run(["-c", "for n in 1 2 3 4 5 6; do echo $n >&2; done; exit 3"])
    }
  }

  @Test("A full disk is told apart")
  func fullDisk() async throws {
    let error = await #expect(throws: SandlotError.self) {
      try await shell.run(["-c", "echo 'write: No space left on device' >&2; exit 1"])
    }
    #expect(error?.code == .resourceExhausted)
  }

  @Test("Output beyond the limit is cut: the beginning of one stream, the end of the other")
  func limit() async throws {
    let script = "seq 100000; seq 100000 >&2"
    let output = try await shell.run(["-c", script], limit: 6)
    #expect(output.standardOutput == "1\n2\n3\n")
    #expect(output.standardError == "00000\n".suffix(6))
  }

  @Test("Lines are told as they come, progress bars included")
  func lines() async throws {
    let lines = Mutex<[String]>([])
    try await shell.run(["-c", "printf 'a\\nb\\rc\\n\\nd'"]) { line in
      lines.withLock { $0.append(line) }
    }
    #expect(lines.withLock { $0 } == ["a", "b", "c", "d"])
  }

  @Test("Cancelling ends the program and its children", .timeLimit(.minutes(1)))
  func cancellation() async throws {
    let (pids, announce) = AsyncStream.makeStream(of: pid_t.self)
    let task = Task {
      try await shell.run(["-c", "sleep 600 & echo $!; wait"]) { line in
        if let pid = pid_t(line) { announce.yield(pid) }
      }
    }
    var iterator = pids.makeAsyncIterator()
    let child = try #require(await iterator.next())
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // An orphan is reaped by the machine's init when it gets round to it; it runs no more by then.
    #expect(kill(child, 0) != 0 || state(of: child) == "Z")
  }

  /// With a pipe for its input the whole process ended here: see `ToolInput`.
  @Test("A program that is cancelled while it has not read its input", .timeLimit(.minutes(1)))
  func cancellationBeforeTheInputIsRead() async throws {
    let input = String(repeating: "x", count: 1 << 20)
    for delay in 0..<20 {
      let task = Task { try await shell.run(["-c", "sleep 600"], input: input) }
      try await Task.sleep(for: .milliseconds(delay))
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  private func state(of pid: pid_t) -> Character? {
    let text = (try? content(of: FilePath("/proc/\(pid)/stat"))).map {
      String(decoding: $0, as: UTF8.self)
    }
    return text?.split(separator: ")").last?.first { $0 != " " }
  }
}
