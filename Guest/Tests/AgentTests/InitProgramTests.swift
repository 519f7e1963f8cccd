import Agent
import Testing

@Suite struct InitProgramTests {
  @Test(arguments: [
    ("/lib/systemd/systemd", "/usr/lib/systemd/systemd", ["/lib/systemd/systemd"]),
    ("/sbin/init", "/usr/lib/systemd/systemd", ["init"]),
    ("/usr/local/bin/start", "/usr/lib/systemd/systemd", ["start"]),
    ("/sbin/openrc-init", "/sbin/openrc-init", ["/sbin/openrc-init"]),
    ("/usr/bin/runit-init", "/usr/bin/runit-init", ["runit-init"]),
  ])
  func aSystemNeverEndsByItself(path: String, target: String, arguments: [String]) throws {
    let program = try #require(InitProgram(path: path, target: target, arguments: arguments))
    #expect(!program.endsByItself)
  }

  @Test(arguments: [
    ("/usr/bin/tini", "/usr/bin/tini", ["tini", "--", "sh"]),
    ("/dumb-init", "/dumb-init", ["/dumb-init", "sh"]),
    ("/init", "/init", ["/init"]),
    ("/sbin/init", "/bin/busybox", ["/sbin/init"]),
    ("/usr/sbin/init", "/usr/sbin/init", ["init"]),
    ("/bin/busybox", "/bin/busybox", ["busybox", "init"]),
    ("/usr/bin/s6-svscan", "/usr/bin/s6-svscan", ["s6-svscan", "/service"]),
  ])
  func othersMayEnd(path: String, target: String, arguments: [String]) throws {
    let program = try #require(InitProgram(path: path, target: target, arguments: arguments))
    #expect(program.endsByItself)
  }

  @Test(arguments: [
    ("/usr/bin/python3", "/usr/bin/python3.11", ["python3", "init"]),
    ("/app/init", "/app/init", ["/app/init"]),
    ("./init", "/app/init", ["./init"]),
    ("/bin/sh", "/bin/busybox", ["sh", "init"]),
    ("/bin/busybox", "/bin/busybox", ["busybox", "sh"]),
    ("/bin/busybox", "/bin/busybox", []),
    ("/usr/bin/tinit", "/usr/bin/tinit", ["tinit"]),
    ("", "", [""]),
  ])
  func anyOtherProgramIsNone(path: String, target: String, arguments: [String]) {
    #expect(InitProgram(path: path, target: target, arguments: arguments) == nil)
  }
}
