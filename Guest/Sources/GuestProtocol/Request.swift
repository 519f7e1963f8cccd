/// What the host asks of the agent. Each request gets exactly one `Reply`.
public enum Request: Equatable, Sendable {
  /// Give the machine its identity; before any user process, once per start or restore.
  case configure(Identity)
  /// Mount the root disk, move it to `/` and complete it (`/proc`, `/dev`, hosts, …).
  case mountRoot(RootFilesystem)
  /// Start a process in the sandbox's root.
  case spawn(ProcessSpecification)
  /// Send a signal to a process that `spawn` started: to its whole group where `group`.
  case signal(process: UInt32, number: Int32, group: Bool)
  /// Write all dirty data of the root file system to disk and stop writes (FIFREEZE). The agent
  /// thaws by itself after `limitMilliseconds`, so that a lost host leaves nothing frozen.
  case freeze(limitMilliseconds: UInt32)
  /// Undo `freeze`; fails where the limit had thawed it already.
  case thaw
  /// Kill every user process, sync, unmount what can be unmounted and power the machine off.
  case shutDown
  /// Tell how much memory there is and how much of it is free for use.
  case readMemory
  /// Tell the time since the machine began to run.
  case readClock
  /// Do everything that is the same in all machines, with the block device of kernel modules
  /// (`/dev/vdb`), and give back what memory can be: the machine is about to be saved as a template.
  case prepare(modulesDevice: String)
  /// Take on an identity as `configure` does, and mount a disk as `mountRoot` does, for a while:
  /// processes can be started until `endRehearsal`. What remains of both is a machine whose ways are
  /// well trodden, which under emulation makes the real start several times shorter.
  case rehearse(device: String, Identity)
  /// Tell whether somebody accepts connections to this TCP port of 127.0.0.1.
  case probePort(UInt16)
  /// Undo what `rehearse` did, once its processes have ended; all but the network, which a later
  /// `configure` with the same one leaves alone.
  case endRehearsal
  /// Mount a block device read-only at `/__modal/.files`, where nothing is mounted yet.
  case mountFiles(device: String, filesystem: String)
  /// Unmount it again; fails while a process uses it.
  case unmountFiles
  /// Make its files appear at their paths in the root, writable; what is written to them stays in
  /// memory.
  case deliverFiles
}

extension Request: WireCodable {
  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.integer(UInt8.self) {
    case 1: self = .configure(try Identity(from: &reader))
    case 2: self = .mountRoot(try RootFilesystem(from: &reader))
    case 3: self = .spawn(try ProcessSpecification(from: &reader))
    case 4:
      self = .signal(
        process: try reader.integer(), number: try reader.integer(), group: try reader.bool())
    case 5: self = .freeze(limitMilliseconds: try reader.integer())
    case 6: self = .thaw
    case 7: self = .shutDown
    case 8: self = .readMemory
    case 9: self = .readClock
    case 10: self = .prepare(modulesDevice: try reader.string())
    case 11: self = .rehearse(device: try reader.string(), try Identity(from: &reader))
    case 12: self = .probePort(try reader.integer())
    case 13: self = .endRehearsal
    case 14:
      self = .mountFiles(device: try reader.string(), filesystem: try reader.string())
    case 15: self = .unmountFiles
    case 16: self = .deliverFiles
    case let tag: throw .malformed("a request has the unknown tag \(tag)")
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .configure(let identity):
      writer.write(UInt8(1))
      identity.encode(into: &writer)
    case .mountRoot(let root):
      writer.write(UInt8(2))
      root.encode(into: &writer)
    case .spawn(let specification):
      writer.write(UInt8(3))
      specification.encode(into: &writer)
    case .signal(let process, let number, let group):
      writer.write(UInt8(4))
      writer.write(process)
      writer.write(number)
      writer.write(group)
    case .freeze(let limit):
      writer.write(UInt8(5))
      writer.write(limit)
    case .thaw: writer.write(UInt8(6))
    case .shutDown: writer.write(UInt8(7))
    case .readMemory: writer.write(UInt8(8))
    case .readClock: writer.write(UInt8(9))
    case .prepare(let device):
      writer.write(UInt8(10))
      writer.write(device)
    case .rehearse(let device, let identity):
      writer.write(UInt8(11))
      writer.write(device)
      identity.encode(into: &writer)
    case .probePort(let port):
      writer.write(UInt8(12))
      writer.write(port)
    case .endRehearsal: writer.write(UInt8(13))
    case .mountFiles(let device, let filesystem):
      writer.write(UInt8(14))
      writer.write(device)
      writer.write(filesystem)
    case .unmountFiles: writer.write(UInt8(15))
    case .deliverFiles: writer.write(UInt8(16))
    }
  }
}
