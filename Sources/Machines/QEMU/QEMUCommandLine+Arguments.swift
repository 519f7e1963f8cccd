import GuestProtocol

extension QEMUCommandLine {
  /// The name of the node that the overlay a machine starts with has.
  static func overlayNode(_ index: Int) -> String { "overlay\(index)" }

  /// The group whose limits the root disk keeps to.
  static let throttleGroup = "root-limits"

  /// The node that is the root disk until there is one.
  static let placeholderNode = "placeholder"

  /// The group of the files disk, which has no limits: a filter must have one.
  static let filesGroup = "files-limits"

  /// The node that is the files disk until there is one.
  static let filesPlaceholderNode = "no-files"

  /// The node that the files disk's device uses, over `file`.
  static func filesNode(over file: String) -> BlockNode {
    .throttle("files", group: filesGroup, file: file, isReadOnly: true)
  }

  /// The descriptor set of the modules disk; the sets of layers have higher numbers.
  static let modulesSet = 1

  /// The node that the root disk's device uses, over `file`.
  static func rootNode(over file: String) -> BlockNode {
    .throttle("root", group: throttleGroup, file: file)
  }

  /// What follows the program's name. QEMU comes up stopped, so that all sockets can be connected
  /// before the guest says its first word.
  package var arguments: [String] {
    machine + processor + boot + sockets
      + (modules.map { Self.diskArguments(modules: $0, size: diskBytes) } ?? [])
      + (tap.map(Self.tapArguments) ?? [])
  }

  private var machine: [String] {
    [
      "-name", "guest=\(name)", "-S", "-nodefaults", "-no-user-config", "-display", "none",
      "-no-reboot",
      "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
      "-machine",
      "\(machineType),smm=off,vmport=off,hpet=off,sata=off,smbus=off,i8042=off,memory-backend=ram",
      "-object", memoryObject, "-m", "\(memoryMiB)M", "-smp", "\(virtualCPUs)",
    ]
  }

  private var memoryObject: String {
    let size = "size=\(memoryMiB)M"
    switch memory {
    case .own: return "memory-backend-ram,id=ram,\(size)"
    case .file(let file):
      return "memory-backend-file,id=ram,\(size),mem-path=/proc/self/fd/\(file),share=on"
    case .copy(let file, let isReadable):
      return "memory-backend-file,id=ram,\(size),mem-path=/proc/self/fd/\(file),share=off"
        + (isReadable ? ",readonly=on,rom=off" : "")
    }
  }

  private var processor: [String] {
    switch engine {
    case .kvm: ["-accel", "kvm", "-cpu", "host"]
    case .tcg:
      // The cache of translated code is bounded: QEMU's own limit is 1 GiB for each machine.
      [
        "-accel", "tcg,thread=\(virtualCPUs > 1 ? "multi" : "single"),tb-size=256",
        "-cpu", Self.emulatedProcessor,
      ]
    }
  }

  /// The processor that QEMU emulates: all that it can, without the promise that `rep movsb` is fast
  /// (ERMS, FSRM).
  ///
  /// Linux and glibc take its word for it and move bytes by that instruction, which QEMU executes
  /// byte by byte: copies between a program and the page cache take three to seven times as long.
  static let emulatedProcessor = "max,-erms,-fsrm"

  /// Files are named by their descriptors: the confined process need not reach any path.
  private var boot: [String] {
    switch start {
    case .kernel(let kernel, let initramfs, let words):
      [
        "-kernel", "/proc/self/fd/\(kernel)", "-initrd", "/proc/self/fd/\(initramfs)",
        "-append", words.joined(separator: " "),
      ]
    case .restored: ["-incoming", "defer"]
    }
  }

  private var sockets: [String] {
    [
      "-chardev", "socket,id=monitor,fd=\(monitorSocket),server=on,wait=off",
      "-mon", "chardev=monitor,mode=control",
      "-chardev", "socket,id=descriptors,fd=\(descriptorSocket),server=on,wait=off",
      "-mon", "chardev=descriptors,mode=control",
      "-chardev", "socket,id=console,fd=\(consoleSocket),server=on,wait=off",
      "-device", "isa-serial,chardev=console",
      "-device", "virtio-serial-pci,id=channel,max_ports=2,\(Self.modern),addr=0x2",
      "-chardev", "socket,id=agent,fd=\(agentSocket),server=on,wait=off",
      "-device", "virtserialport,id=agent-port,bus=channel.0,chardev=agent,name=\(agentPortName)",
      "-object", "rng-builtin,id=random",
      "-device", "virtio-rng-pci,rng=random,\(Self.modern),addr=0x3",
    ]
  }

  private static func diskArguments(modules: Int32, size: Int64) -> [String] {
    let nodes: [BlockNode] = [
      .placeholder(placeholderNode, size: size),
      rootNode(over: placeholderNode), .readOnlyFile("modules", set: modulesSet),
      .placeholder(filesPlaceholderNode, size: size, isReadOnly: true),
      filesNode(over: filesPlaceholderNode),
    ]
    let arguments =
      [
        "-object", "throttle-group,id=\(throttleGroup)",
        "-object", "throttle-group,id=\(filesGroup)",
        "-add-fd", "fd=\(modules),set=\(modulesSet)",
      ]
      + nodes.flatMap { ["-blockdev", $0.json] }
    // Write-back caching in QEMU and on the host; the guest's flushes reach the host's disk.
    return arguments + [
      "-device", "virtio-blk-pci,id=root-disk,drive=root,write-cache=on,\(modern),addr=0x4",
      "-device", "virtio-blk-pci,id=modules-disk,drive=modules,\(modern),addr=0x5",
      "-device", "virtio-blk-pci,id=files-disk,drive=files,\(modern),addr=0x7",
    ]
  }

  private static func tapArguments(_ tap: Tap) -> [String] {
    [
      "-netdev", "tap,id=network,fd=\(tap.descriptor),vhost=off",
      "-device", "virtio-net-pci,netdev=network,mac=\(tap.macAddress),romfile=,\(modern),addr=0x6",
    ]
  }

  /// Without the registers of the legacy interface, which on the root bus are there by default.
  private static let modern = "disable-legacy=on"
}
