import Errors
import Glibc
import Logging
import SystemPackage

extension MachineHost {
  /// What the machines of a server are made of and where they live.
  public struct Configuration: Sendable {
    /// The kernel, the initramfs and the modules disk.
    public var guest: PreparedGuest
    /// Holds a directory for each machine; sockets are in it, so its path must be short.
    public var runtimeDirectory: FilePath
    /// Gets the console logs of machines that failed.
    public var logDirectory: FilePath
    /// Names the server among others on the host, as in `NetworkInstance`.
    public var instance: String
    /// What executes the guests; see `EngineProbe`.
    public var engine: MachineEngine
    /// QEMU's executable; nil means `qemu-system-x86_64` in PATH.
    public var qemu: FilePath?
    /// Words to put behind the kernel's command line.
    public var extraKernelWords: [String] = []
    /// Certificates (PEM) that every guest trusts besides its image's own.
    public var guestCertificates: [UInt8] = []
    /// Whether each QEMU runs as an unprivileged user of its own; needs root.
    public var dropsPrivileges = geteuid() == 0
    /// The first of the 65,536 user ids for that.
    public var userBase: UInt32 = 700_000
    /// Gives machines their network; without it only blocked ones can start.
    public var network: (any NetworkProvider)?
    /// Where templates are kept; nil for none, so that every machine boots.
    public var templateDirectory: FilePath?
    /// What all templates together may occupy on the disk, in bytes; a template of a small guest
    /// takes some 120 MB.
    public var templateBudgetBytes: Int64 = 8 << 30
    /// The library that lets a QEMU older than 8.2 map memory from a file that it may only read;
    /// without it such a QEMU restores no template.
    public var readOnlyOpen: FilePath?
    /// The spare machines that wait for someone to need one.
    public var spares = SparePolicy()
    /// A qcow2 image with an ext4 root for spare machines to rehearse a start with; nil for none.
    public var rehearsalImage: FilePath?
    /// The size of every machine's root disk in bytes; never less than that of an image's layers.
    public var diskBytes: Int64 = 64 << 30
    /// The account of what memory is promised.
    public var memory = MemoryLedger(budgetMiB: .max / 4)
    /// Where each machine gets a control group; nil where the host has none.
    package var cgroups = CgroupHierarchy.ofHost()
    /// Measures all time limits.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// The time of day in nanoseconds since 1970, for the guests' clocks.
    public var wallClock: @Sendable () -> Int64 = Configuration.systemTime
    /// How long a guest may take to boot on an idle host; nil means what suits the engine.
    public var bootLimit: Duration?
    /// Told of what an operator may want to know.
    public var logger = Logger(label: "sandlot.machines")

    /// A configuration with the defaults above.
    public init(
      guest: PreparedGuest, runtimeDirectory: FilePath, logDirectory: FilePath, instance: String,
      engine: MachineEngine
    ) {
      self.guest = guest
      self.runtimeDirectory = runtimeDirectory
      self.logDirectory = logDirectory
      self.instance = instance
      self.engine = engine
    }

    /// The host's own time of day.
    public static func systemTime() -> Int64 {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
  }
}

extension MachineHost.Configuration {
  /// Makes the runtime directory; what confined QEMUs run as must be able to enter it.
  func prepareRuntimeDirectory() throws {
    try HostFiles.makeDirectory(runtimeDirectory)
    guard dropsPrivileges else { return }
    try HostFiles.setPermissions(0o711, of: runtimeDirectory)
    var ancestor = runtimeDirectory
    while ancestor.removeLastComponent() {
      var status = stat()
      guard stat(ancestor.string, &status) == 0, status.st_mode & S_IXOTH == 0 else { continue }
      throw SandlotError(
        .failedPrecondition,
        "Machines run as unprivileged users, who cannot enter \(ancestor), where \(runtimeDirectory) is.",
        hint: "Run: chmod o+x \(ancestor), or use another data directory.")
    }
  }

  /// Refuses a kernel file that QEMU would fail on with words that help nobody.
  func checkGuestFiles() throws {
    for path in [guest.kernel, guest.initramfs, guest.modulesDisk] where !HostFiles.exists(path) {
      throw SandlotError(.failedPrecondition, "The guest's file \(path) does not exist.")
    }
    let header = try HostFiles.bytes(at: guest.kernel, from: 0, count: 0x206)
    // "HdrS" at 0x202 marks a bzImage (Documentation/arch/x86/boot.rst of the kernel).
    guard KernelImage.isExecutable(header) || header.dropFirst(0x202).elementsEqual("HdrS".utf8)
    else {
      throw SandlotError(
        .failedPrecondition, "\(guest.kernel) is not a Linux kernel.",
        hint: "Give an x86-64 bzImage (Debian: /boot/vmlinuz-…) or an uncompressed vmlinux.")
    }
  }
}
