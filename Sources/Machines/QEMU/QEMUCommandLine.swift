import SystemPackage

/// The arguments of one QEMU process: a pure function of what the machine is.
///
/// Numbers of descriptors are the child's. The set of devices and their addresses depend on nothing
/// but the profile: a machine can be restored from the state of another of the same profile.
package struct QEMUCommandLine: Sendable {
  /// The machine's id, shown in `ps`.
  package var name: String
  /// A versioned machine type, such as `pc-q35-7.2`.
  package var machineType: String
  /// What executes the guest.
  package var engine: MachineEngine
  /// Memory in MiB.
  package var memoryMiB: Int
  /// Where the memory comes from.
  package var memory: Memory
  /// Virtual CPUs.
  package var virtualCPUs: Int
  /// How the guest comes to run.
  package var start: Start
  /// The squashfs of kernel modules, `/dev/vdb`; nil for a machine that only boots to its agent and
  /// has no root disk either.
  package var modules: Int32?
  /// The size of the disks that come later, in bytes.
  package var diskBytes: Int64
  /// The listening socket of the QMP monitor.
  package var monitorSocket: Int32
  /// The listening socket of the QMP monitor that descriptors are handed to.
  package var descriptorSocket: Int32
  /// The listening socket of the agent's port.
  package var agentSocket: Int32
  /// The listening socket of the serial console.
  package var consoleSocket: Int32
  /// The network interface; nil for none.
  package var tap: Tap?

  /// Where a guest's memory comes from.
  package enum Memory: Sendable, Equatable {
    /// Nothing but zeros, the machine's own.
    case own
    /// A file, opened for reading and writing, which becomes what the guest's memory is.
    case file(Int32)
    /// A copy of a file: its pages are shared with whoever has it open, until they are written.
    ///
    /// `isReadable` tells that this QEMU maps a file that it may only read; an older one opens it
    /// for writing, which `ReadOnlyOpen` turns into reading.
    case copy(Int32, isReadable: Bool)
  }

  /// How a guest comes to run.
  package enum Start: Sendable, Equatable {
    /// A kernel boots: the opened files, and the words on its command line.
    case kernel(Int32, initramfs: Int32, words: [String])
    /// A state is restored, as the monitor will say.
    case restored
  }

  /// A network interface on a tap device.
  package struct Tap: Sendable {
    /// The tap, opened.
    package var descriptor: Int32
    /// The guest's hardware address.
    package var macAddress: String

    /// An interface.
    package init(descriptor: Int32, macAddress: String) {
      self.descriptor = descriptor
      self.macAddress = macAddress
    }
  }

  /// A machine.
  package init(
    name: String, machineType: String, engine: MachineEngine, memoryMiB: Int, memory: Memory = .own,
    virtualCPUs: Int, start: Start, modules: Int32?, diskBytes: Int64 = 64 << 30,
    monitorSocket: Int32, descriptorSocket: Int32, agentSocket: Int32, consoleSocket: Int32,
    tap: Tap?
  ) {
    self.name = name
    self.machineType = machineType
    self.engine = engine
    self.memoryMiB = memoryMiB
    self.memory = memory
    self.virtualCPUs = virtualCPUs
    self.start = start
    self.modules = modules
    self.diskBytes = diskBytes
    self.monitorSocket = monitorSocket
    self.descriptorSocket = descriptorSocket
    self.agentSocket = agentSocket
    self.consoleSocket = consoleSocket
    self.tap = tap
  }
}
