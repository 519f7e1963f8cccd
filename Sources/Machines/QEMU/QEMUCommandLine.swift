import SystemPackage

/// The arguments of one QEMU process: a pure function of what the machine is.
///
/// Numbers of descriptors are the child's. The set of devices and their addresses depend on nothing
/// but `disks` and `tap`, as a restore from a template will need.
package struct QEMUCommandLine: Sendable {
  /// The machine's id, shown in `ps`.
  package var name: String
  /// A versioned machine type, such as `pc-q35-7.2`.
  package var machineType: String
  /// What executes the guest.
  package var engine: MachineEngine
  /// Memory in MiB.
  package var memoryMiB: Int
  /// Virtual CPUs.
  package var virtualCPUs: Int
  /// The kernel, opened for reading.
  package var kernel: Int32
  /// The initramfs, opened for reading.
  package var initramfs: Int32
  /// The kernel's command line.
  package var kernelWords: [String]
  /// The disks; nil for a machine that only boots to its agent.
  package var disks: Disks?
  /// The listening socket of the QMP monitor.
  package var monitorSocket: Int32
  /// The listening socket of the agent's port.
  package var agentSocket: Int32
  /// The listening socket of the serial console.
  package var consoleSocket: Int32
  /// The network interface; nil for none.
  package var tap: Tap?

  /// A machine's disks: `/dev/vda` is the root, `/dev/vdb` the modules.
  package struct Disks: Sendable {
    /// The read-only layers of the root, base first.
    package var layers: [Int32]
    /// The overlay on top of them.
    package var overlay: FilePath
    /// The squashfs of kernel modules.
    package var modules: Int32

    /// Disks.
    package init(layers: [Int32], overlay: FilePath, modules: Int32) {
      self.layers = layers
      self.overlay = overlay
      self.modules = modules
    }
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
    name: String, machineType: String, engine: MachineEngine, memoryMiB: Int, virtualCPUs: Int,
    kernel: Int32, initramfs: Int32, kernelWords: [String], disks: Disks?, monitorSocket: Int32,
    agentSocket: Int32, consoleSocket: Int32, tap: Tap?
  ) {
    self.name = name
    self.machineType = machineType
    self.engine = engine
    self.memoryMiB = memoryMiB
    self.virtualCPUs = virtualCPUs
    self.kernel = kernel
    self.initramfs = initramfs
    self.kernelWords = kernelWords
    self.disks = disks
    self.monitorSocket = monitorSocket
    self.agentSocket = agentSocket
    self.consoleSocket = consoleSocket
    self.tap = tap
  }
}
