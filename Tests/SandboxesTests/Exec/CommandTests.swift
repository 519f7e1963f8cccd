import GuestProtocol
import Machines
import Sandboxes
import Testing

/// What a process is started with, out of image, sandbox and exec.
@Suite struct CommandTests {
  static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  static func variable(_ name: String, _ value: String) -> EnvironmentVariable {
    EnvironmentVariable(name: name, value: value)
  }

  @Test(
    arguments: [
      (["init"], ["c"], [], ["init", "c"]),
      (["init"], ["c"], ["a", "b"], ["init", "a", "b"]),
      (nil, ["c", "d"], [], ["c", "d"]),
      (nil, ["c"], ["a"], ["a"]),
      (["init"], nil, [], ["init"]),
    ] as [([String]?, [String]?, [String], [String])])
  func composesTheEntrypoint(
    entrypoint: [String]?, cmd: [String]?, arguments: [String], expected: [String]
  ) async throws {
    let image = SandboxImage(layers: ["/l"], entrypoint: entrypoint, cmd: cmd)
    let harness = try Harness(image: image)
    let sandbox = try await harness.start(.sample { $0.arguments = arguments })
    #expect(await sandbox.machine.processes.take().command.arguments == expected)
  }

  @Test func aSandboxWithoutACommandIdles() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    #expect(sandbox.machine.processes.count == 0)
    #expect(try await harness.sandboxes.wait(sandbox.info.id, timeout: .zero) == nil)
  }

  @Test func layersTheEnvironment() async throws {
    let image = SandboxImage(
      layers: ["/l"], environment: [Self.variable("A", "image"), Self.variable("B", "image")])
    let harness = try Harness(image: image)
    let sandbox = try await harness.start(
      .sample {
        $0.environment = [
          Self.variable("B", "first"), Self.variable("B", "sandbox"),
          Self.variable("C", "sandbox"), Self.variable("TERM", "sandbox"),
        ]
      })
    var exec = ExecSpecification(execID: "e", arguments: ["run"])
    exec.environment = [Self.variable("C", "exec"), Self.variable("COLORTERM", "exec")]
    exec.terminal = TerminalSettings(
      rows: 0, columns: 120, term: "xterm", colorTerm: "truecolor", termProgram: "")
    let command = try await harness.exec(exec, in: sandbox).command
    #expect(
      command.environment == [
        Self.path, "TERM=xterm", "A=image", "B=sandbox", "C=exec", "COLORTERM=exec",
      ])
    #expect(command.terminal == ProcessSpecification.Terminal(rows: 24, columns: 120))
  }

  @Test func keepsTheImagesPathAndUser() async throws {
    let image = SandboxImage(
      layers: ["/l"], environment: [Self.variable("PATH", "/opt")], user: "app:app")
    let harness = try Harness(image: image)
    let sandbox = try await harness.start()
    let command = try await harness.exec(in: sandbox).command
    #expect(command.environment == ["PATH=/opt"])
    #expect(command.user == "app:app")
  }

  @Test(
    arguments: [
      ("", nil, nil, "/", true), ("/image", nil, nil, "/image", true),
      ("/image", "/box", nil, "/box", true), ("/image", "/box", "/exec", "/exec", false),
      ("", nil, "", "/", true),
    ] as [(String, String?, String?, String, Bool)])
  func choosesTheWorkingDirectory(
    image: String, sandbox: String?, exec: String?, expected: String, isMade: Bool
  ) async throws {
    let harness = try Harness(image: SandboxImage(layers: ["/l"], workingDirectory: image))
    let running = try await harness.start(.sample { $0.workingDirectory = sandbox })
    var specification = ExecSpecification(execID: "e", arguments: ["run"])
    specification.workingDirectory = exec
    let command = try await harness.exec(specification, in: running).command
    #expect(command.workingDirectory == expected)
    #expect(command.createsWorkingDirectory == isMade)
  }

  @Test func aTerminalHasANameAndASize() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    var exec = ExecSpecification(execID: "e", arguments: ["run"])
    exec.terminal = TerminalSettings(rows: 0, columns: 0)
    let plain = try await harness.exec(exec, in: sandbox).command
    #expect(plain.environment.contains("TERM=xterm"))
    #expect(plain.terminal == .init(rows: 24, columns: 80))
    exec.execID = "f"
    exec.terminal = TerminalSettings(
      rows: 5, columns: 7, term: "screen", colorTerm: "truecolor", termProgram: "tmux")
    let named = try await harness.exec(exec, in: sandbox).command
    #expect(
      Set(named.environment).isSuperset(
        of: ["TERM=screen", "COLORTERM=truecolor", "TERM_PROGRAM=tmux"]))
    #expect(named.terminal == .init(rows: 5, columns: 7))
  }

  @Test func connectsTheStreams() async throws {
    let harness = try Harness()
    let sandbox = try await harness.start()
    var exec = ExecSpecification(execID: "e", arguments: ["run"])
    exec.standardOutput = .discard
    exec.standardError = .merged
    let process = try await harness.exec(exec, in: sandbox)
    #expect(process.command.standardInput == .pipe)
    #expect(process.command.standardOutput == .null)
    #expect(process.command.standardError == .merged)
    let reader = try await harness.sandboxes.readExec(
      taskID: sandbox.info.taskID, execID: "e", .standardOutput, offset: 0)
    #expect(try await reader.text() == "")
  }
}
