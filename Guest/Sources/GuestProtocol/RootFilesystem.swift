/// The disks that the agent builds the sandbox's root from.
public struct RootFilesystem: WireCodable, Equatable, Sendable {
  /// The block device with the root's ext4 file system, such as `/dev/vda`.
  public var device: String
  /// The block device with the squashfs of kernel modules, mounted at `/lib/modules`.
  public var modulesDevice: String
  /// Certificates (PEM, concatenated) that the root shall trust besides its own; may be empty.
  public var certificates: [UInt8]

  /// A root.
  public init(device: String, modulesDevice: String, certificates: [UInt8]) {
    self.device = device
    self.modulesDevice = modulesDevice
    self.certificates = certificates
  }

  public init(from reader: inout WireReader) throws(WireError) {
    device = try reader.string()
    modulesDevice = try reader.string()
    certificates = try reader.byteRun()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(device)
    writer.write(modulesDevice)
    writer.write(certificates)
  }
}
