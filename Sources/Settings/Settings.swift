import Errors
import Foundation

/// What an operator can decide about a server, complete and checked.
public struct Settings: Sendable, Equatable {
  /// The engine an operator asks for.
  public enum Engine: String, Sendable, CaseIterable {
    /// KVM where a probe really boots a machine under it, TCG otherwise.
    case auto
    /// KVM or nothing.
    case kvm
    /// Emulation.
    case tcg
  }

  /// Where everything lives.
  public var dataDirectory: String
  /// The address to listen on.
  public var host: String
  /// The port to listen on; 0 takes a free one.
  public var port: Int
  /// The operator's own token id and secret; nil where the server makes them.
  public var tokens: TokenPair?
  /// The engine.
  public var engine: Engine
  /// The QEMU program: a name to look up in PATH, or a path.
  public var qemu: String
  /// The operator's own kernel, or nil for Debian's.
  public var kernel: String?
  /// The modules of the operator's own kernel.
  public var kernelModules: String?
  /// Certificate files that guests trust.
  public var guestCertificates: [String]
  /// The range of guest addresses in CIDR form.
  public var networkRange: String
  /// The Debian mirror for base images.
  public var debianMirror: String
  /// MiB of the host's memory for sandboxes and builds; nil means what the host can spare.
  public var memoryBudget: Int?
  /// How many spare machines of the usual size wait; 0 means none.
  public var warmPool: Int
  /// MiB of disk that all templates together may take.
  public var templateBudget: Int
  /// MiB that are kept of each of a sandbox's two output streams.
  public var logLimit: Int
  /// MiB of disk that the logs of all finished sandboxes together may take.
  public var logBudget: Int
  /// How many days the log of a finished sandbox is kept.
  public var logDays: Int
  /// How many times that memory may be promised: 1 where every machine shall find all of its own.
  public var memoryOvercommit: Double
  /// The price of a physical core for a second.
  public var cpuRate: Decimal
  /// The price of a GiB of memory for a second.
  public var memoryRate: Decimal
  /// The port for uploads of large files; 0 takes a free one.
  public var uploadPort: Int
  /// MiB of the largest local file that a client may send.
  public var fileLimit: Int
  /// MiB of all files together that a client may send as one mount.
  public var mountLimit: Int
  /// Where standalone Pythons are fetched from; empty for nowhere.
  public var pythonMirror: String
  /// MiB of disk that all images and cached build steps together may take.
  public var imageBudget: Int
  /// How many days an image or a cached step is kept that nobody uses.
  public var imageDays: Int
  /// MiB of memory of a build's machine.
  public var buildMemory: Int
  /// Virtual processors of a build's machine.
  public var buildProcessors: Int
  /// How many seconds all steps of a build together may take.
  public var buildTimeout: Int
  /// GiB of every sandbox's root disk, which takes on the host what is written to it.
  public var diskSize: Int
  /// A registry that is asked instead of docker.io; nil for none.
  public var registryMirror: String?
  /// Certificate files of authorities that registries are trusted by.
  public var registryCertificates: [String]
  /// Registries that may be reached without TLS or with any certificate.
  public var insecureRegistries: [String]
  /// MiB of the largest image that is imported, unpacked.
  public var imageLimit: Int
  /// How many files, directories and links an image that is imported may have.
  public var imageEntries: Int

  /// A token id and its secret.
  public struct TokenPair: Sendable, Equatable {
    /// The id.
    public var id: String
    /// The secret.
    public var secret: String
  }
}

extension Settings {
  /// The QEMU program where none is set, looked up in PATH.
  public static let defaultQEMU = "qemu-system-x86_64"

  /// The releases of the project that builds standalone Pythons.
  public static let defaultPythonMirror =
    "https://github.com/astral-sh/python-build-standalone/releases/download"

  /// Near what public clouds ask for a core-second of a sandbox, in US dollars: 0.0000131.
  public static let defaultCPURate = Decimal(sign: .plus, exponent: -7, significand: 131)

  /// Near what public clouds ask for a GiB-second of a sandbox, in US dollars: 0.00000222.
  public static let defaultMemoryRate = Decimal(sign: .plus, exponent: -8, significand: 222)

  /// What holds where no source says otherwise.
  public struct Defaults: Sendable {
    /// The data directory.
    public var dataDirectory: String
    /// The certificate files.
    public var guestCertificates: [String]

    /// Defaults that depend on the host.
    public init(dataDirectory: String, guestCertificates: [String]) {
      self.dataDirectory = dataDirectory
      self.guestCertificates = guestCertificates
    }
  }

  /// Settles every setting: the first source that has a value wins.
  ///
  /// Throws `invalidArgument` naming the value and where it comes from.
  public init(sources: [SettingSource], defaults: Defaults) throws {
    let reader = SettingReader(sources: sources)
    dataDirectory = try reader.absolutePath(.dataDirectory) ?? defaults.dataDirectory
    host = reader.text(.host) ?? "127.0.0.1"
    port = try reader.integer(.port, in: 0...65535) ?? 4600
    tokens = try Self.tokens(reader)
    engine = try reader.choice(.engine) ?? .auto
    qemu = reader.text(.qemu) ?? Self.defaultQEMU
    kernel = try reader.absolutePath(.kernel)
    kernelModules = try reader.absolutePath(.kernelModules)
    guestCertificates =
      reader.text(.guestCertificates).map { $0.split(separator: ":").map(String.init) }
      ?? defaults.guestCertificates
    networkRange = reader.text(.networkRange) ?? "10.213.0.0/16"
    debianMirror = reader.text(.debianMirror) ?? "http://deb.debian.org/debian"
    memoryBudget = try reader.integer(.memoryBudget, in: 128...(1 << 30))
    warmPool = try reader.integer(.warmPool, in: 0...64) ?? 2
    templateBudget = try reader.integer(.templateBudget, in: 256...(1 << 30)) ?? 8192
    logLimit = try reader.integer(.logLimit, in: 1...(1 << 20)) ?? 128
    logBudget = try reader.integer(.logBudget, in: 1...(1 << 30)) ?? 4096
    logDays = try reader.integer(.logDays, in: 1...3650) ?? 7
    memoryOvercommit = try reader.number(.memoryOvercommit, in: 1...100) ?? 1
    cpuRate = try reader.price(.cpuRate) ?? Self.defaultCPURate
    memoryRate = try reader.price(.memoryRate) ?? Self.defaultMemoryRate
    uploadPort =
      try reader.integer(.uploadPort, in: 0...65535) ?? (port == 0 || port == 65535 ? 0 : port + 1)
    fileLimit = try reader.integer(.fileLimit, in: 1...(1 << 30)) ?? 16384
    pythonMirror = reader.text(.pythonMirror) ?? Self.defaultPythonMirror
    if pythonMirror == "none" { pythonMirror = "" }
    mountLimit = try reader.integer(.mountLimit, in: 1...(1 << 30)) ?? 65536
    imageBudget = try reader.integer(.imageBudget, in: 1024...(1 << 30)) ?? 204_800
    imageDays = try reader.integer(.imageDays, in: 1...3650) ?? 30
    buildMemory = try reader.integer(.buildMemory, in: 256...(1 << 24)) ?? 2048
    buildProcessors = try reader.integer(.buildProcessors, in: 1...64) ?? 2
    buildTimeout = try reader.integer(.buildTimeout, in: 10...(7 * 24 * 3600)) ?? 7200
    diskSize = try reader.integer(.diskSize, in: 4...15_000) ?? 64
    registryMirror = reader.text(.registryMirror)
    registryCertificates =
      reader.text(.registryCertificates)?.split(separator: ":").map(String.init) ?? []
    insecureRegistries =
      reader.text(.insecureRegistries)?.split(separator: ",").map(String.init) ?? []
    imageLimit = try reader.integer(.imageLimit, in: 1...(1 << 30)) ?? 65_536
    imageEntries = try reader.integer(.imageEntries, in: 1...1_000_000_000) ?? 900_000
  }

  private static func tokens(_ reader: SettingReader) throws -> TokenPair? {
    switch (reader.text(.tokenID), reader.text(.tokenSecret)) {
    case (nil, nil): return nil
    case (let id?, let secret?): return TokenPair(id: id, secret: secret)
    case (let id, _):
      let given: SettingKey = id == nil ? .tokenSecret : .tokenID
      let missing: SettingKey = id == nil ? .tokenID : .tokenSecret
      throw SandlotError(
        .invalidArgument, "\(reader.origin(given)) is set and \(missing.rawValue) is not.",
        hint: "Set both, or neither to have the server make them.")
    }
  }
}
