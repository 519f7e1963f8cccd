import Errors
import Glibc
import SystemPackage

/// The files that a process is started with, opened here and closed when it has them.
struct InheritedFiles {
  private var inherited = InheritedDescriptors()
  private var opened: [FileDescriptor] = []

  /// What the process inherits, in order.
  var descriptors: [FileDescriptor] { inherited.descriptors }

  /// Opens a file; returns the number that the process knows it by.
  mutating func open(_ path: FilePath, _ mode: FileDescriptor.AccessMode = .readOnly) throws
    -> Int32
  {
    do {
      let descriptor = try FileDescriptor.open(path, mode, options: .closeOnExec)
      opened.append(descriptor)
      return inherited.add(descriptor)
    } catch let cause as Errno {
      throw HostFiles.failure(mode == .readOnly ? "read" : "write", path, cause)
    }
  }

  /// Makes a listening socket.
  mutating func listen(at path: FilePath) throws -> Int32 {
    let descriptor = try UnixListener.listen(at: path)
    opened.append(descriptor)
    return inherited.add(descriptor)
  }

  /// Passes on a descriptor that is somebody else's to close.
  mutating func pass(_ descriptor: FileDescriptor) -> Int32 { inherited.add(descriptor) }

  /// Closes what was opened here.
  mutating func closeAll() {
    opened.forEach { try? $0.close() }
    opened = []
  }
}

/// The command of a QEMU process, with everything that it inherits.
struct QEMUPlan {
  /// The program and its arguments, still to be confined.
  let command: [String]
  /// The descriptor, in the process, of the file that holds the state to restore.
  let state: Int32?

  init(
    place: MachinePlace, profile: MachineProfile, start: MachineStart, hasDisks: Bool,
    host: MachineHost, files: inout InheritedFiles
  ) throws {
    let configuration = host.configuration
    let guest = configuration.guest
    let directory = place.directory
    var (memory, state, entry) = (
      QEMUCommandLine.Memory.own, Int32?.none, [host.binary.path.string]
    )
    var boot = QEMUCommandLine.Start.restored
    switch start {
    case .kernel, .kernelInto:
      boot = .kernel(
        try files.open(guest.kernel), initramfs: try files.open(guest.initramfs),
        words: host.kernelWords)
    case .template: break
    }
    switch start {
    case .kernel: break
    case .kernelInto(let memoryFile):
      // The file becomes QEMU's for as long as it writes the template.
      if let owner = place.confinement?.id { chown(memoryFile.string, owner, owner) }
      memory = .file(try files.open(memoryFile, .readWrite))
    case .template(let template):
      let mapsReadable = host.binary.mapsReadableFiles
      memory = .copy(try files.open(template.memory), isReadable: mapsReadable)
      state = try files.open(template.state)
      if !mapsReadable, let library = configuration.readOnlyOpen {
        entry = ["env", "LD_PRELOAD=/proc/self/fd/\(try files.open(library))"] + entry
      }
    }
    let line = QEMUCommandLine(
      name: place.id, machineType: host.binary.machineType, engine: configuration.engine,
      memoryMiB: profile.memoryMiB, memory: memory, virtualCPUs: profile.virtualCPUs, start: boot,
      modules: hasDisks ? try files.open(guest.modulesDisk) : nil,
      diskBytes: configuration.diskBytes,
      monitorSocket: try files.listen(at: directory.monitorSocket),
      descriptorSocket: try files.listen(at: directory.descriptorSocket),
      agentSocket: try files.listen(at: directory.agentSocket),
      consoleSocket: try files.listen(at: directory.consoleSocket),
      tap: place.network.map { network in
        QEMUCommandLine.Tap(
          descriptor: files.pass(network.tapDescriptor),
          macAddress: network.macAddress.description)
      })
    command = entry + line.arguments
    self.state = state
  }
}
