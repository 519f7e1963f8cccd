import Glibc
import GuestProtocol
import Testing

@Suite struct SpawnFailureTests {
  @Test(arguments: ["no-such-program", "/no/such/program", "./no-such-program", ""])
  func aMissingProgram(_ name: String) throws {
    let failure = try fail([name])
    #expect(failure.kind == .programNotFound)
    #expect(failure.message.contains(name))
  }

  @Test(arguments: ["/etc/passwd", "/etc", "../etc/passwd"])
  func aFileThatMayNotBeExecuted(_ name: String) throws {
    #expect(try fail([name], in: "/usr").kind == .notExecutable)
  }

  @Test func aScriptWithoutItsInterpreter() throws {
    try withProgram("#!/no/such/interpreter\n") { path in
      let failure = try fail([path])
      #expect(failure.kind == .notExecutable)
      #expect(failure.message.contains("interpreter"))
    }
  }

  @Test func aTextWithoutAnInterpreterLine() throws {
    try withProgram("echo hello\n") { path in
      let failure = try fail([path])
      #expect(failure.kind == .notExecutable)
      #expect(failure.errno == ENOEXEC)
    }
  }

  @Test func aMissingWorkingDirectory() throws {
    for directory in ["/no/such/directory", "/etc/passwd"] {
      let failure = try fail(["true"], in: directory)
      #expect(failure.kind == .workingDirectory)
      #expect(failure.message.contains(directory))
    }
  }

  @Test func argumentsThatAreTooLong() throws {
    #expect(try fail(["true", String(repeating: "x", count: 200_000)]).kind == .argumentsTooLong)
  }

  @Test func anUnknownUser() throws {
    var process = Host.shell("true")
    process.user = "no-such-user"
    #expect(try Host().failure(of: process).kind == .unknownUser)
  }

  @Test func aNulByteIsNotCutOffSilently() throws {
    #expect(try fail(["true", "a\0b"]).errno == EINVAL)
    #expect(try fail(["true"], in: "/usr\0/lib").kind == .workingDirectory)
  }

  @Test func afterAFailureTheNumberIsFree() throws {
    let host = try Host()
    _ = try host.failure(of: ProcessSpecification(id: 1, arguments: ["/no/such"]))
    #expect(try host.run("echo fine").output == "fine\n")
  }

  private func fail(_ arguments: [String], in directory: String = "/") throws -> GuestFailure {
    var process = ProcessSpecification(
      id: 1, arguments: arguments, environment: ["PATH=/usr/bin:/bin"])
    process.workingDirectory = directory
    return try Host().failure(of: process)
  }

  private func withProgram(_ text: String, _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/agent-test-XXXXXX\0".utf8.map { CChar(bitPattern: $0) })
    let file = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    _ = Array(text.utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    fchmod(file, 0o755)
    close(file)
    try body(path)
  }
}
