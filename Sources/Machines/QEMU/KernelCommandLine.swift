/// The words on a guest kernel's command line.
package enum KernelCommandLine {
  /// The words for an engine, with the operator's own behind them.
  package static func words(engine: MachineEngine, extra: [String]) -> [String] {
    common + (engine == .tcg ? emulated + counterRate : []) + extra
  }

  private static let common = [
    // Level 1 and not 0, which would silence even the words of a panic (console_verbose() in the
    // kernel's printk.h).
    "console=ttyS0", "quiet", "loglevel=1", "8250.nr_uarts=1", "random.trust_cpu=on",
    "cryptomgr.notests",
    // A panic or a reboot ends the machine at once; QEMU runs with -no-reboot.
    "panic=-1", "reboot=t",
    // For an init system: the interface keeps its name, and nobody logs in at the console, which is the
    // server's log of the kernel (systemd-udevd, systemd-getty-generator).
    "net.ifnames=0", "systemd.getty_auto=no",
    // The agent has made the devices of modules by then, and the image may lack kmod.
    "systemd.mask=kmod-static-nodes.service",
    // Without AppArmor: no container of Docker starts where it is on and the image lacks its parser.
    "lsm=landlock,lockdown,yama,integrity,bpf",
    // The Swift runtime looks for its executable in /proc, which the agent has yet to mount.
    "SWIFT_ROOT=/",
  ]

  /// Under emulation the guest's clocks need no checks, and mitigations for the host's processor
  /// cost much and protect from nothing.
  ///
  /// QEMU finds translated code by its virtual address too (before 8.0 always), so that a process
  /// whose libraries lie elsewhere has all of them translated anew: without randomization a small
  /// one takes a fifth of the time. Who wants it back in a guest: `kernel.randomize_va_space=2`.
  private static let emulated = [
    "nokaslr", "norandmaps", "tsc=reliable", "no_timer_check", "mitigations=off",
  ]

  /// What the guest would otherwise measure; see `CounterRate`. KVM has a clock of its own.
  private static let counterRate = CounterRate.ofHost.map { ["tsc_early_khz=\($0 * 1000)"] } ?? []
}
