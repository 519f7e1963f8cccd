import CLinux
import Glibc
import GuestProtocol

/// Process 1 of the initramfs.
public enum Boot {
  /// The modules to load, one absolute path to a line, in order.
  private static let moduleList = "/modules.list"

  /// Boots and serves; returns only where that has failed.
  public static func main() -> Int32 {
    let log = Log.ofMachine()
    do throws(GuestFailure) {
      try settle()
      loadModules(log)
      let port = try PortFinder.find(agentPortName, within: 10_000)
      let machine = try GuestMachine(log: log)
      let agent = try Agent(
        port: try PortFinder.open(port), machine: machine, log: log, reapsOrphans: true,
        waitsForHost: true)
      agent.run()
      agent.finish()
    } catch {
      log.error("cannot start: \(error.message)")
      // The end of process 1 stops the kernel with a panic, and with it, by -no-reboot, QEMU.
      clinux_power_off()
    }
    return 1
  }

  /// Makes the process proof against what comes: signals, memory shortage, many descriptors.
  private static func settle() throws(GuestFailure) {
    var signals = sigset_t()
    sigfillset(&signals)
    // Faults cannot be put off: a blocked one would kill all the same, but without a trace.
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&signals, fault) }
    try attempt("block signals") { sigprocmask(SIG_BLOCK, &signals, nil) }
    try SmallFile.set("/proc/self/oom_score_adj", to: "-1000")
    var limit = rlimit(rlim_cur: 1_048_576, rlim_max: 1_048_576)
    try attempt("raise the limit of open files") {
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }
    umask(0o022)
  }

  /// A module that fails is named in the log; what needs it will fail by itself.
  private static func loadModules(_ log: Log) {
    let list = String(decoding: SmallFile.read(moduleList) ?? [], as: UTF8.self)
    for path in list.split(separator: "\n") where !path.isEmpty {
      do throws(GuestFailure) { try ModuleLoader.load(String(path)) } catch {
        log.error(error.message)
      }
    }
  }
}
