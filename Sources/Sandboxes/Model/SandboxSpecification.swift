import Errors

/// What a sandbox is to be: the request of `Sandbox.create`, in Sandlot's own words.
///
/// It is stored as JSON with the sandbox, except for the environment, which may hold secrets and is
/// written down nowhere. Whether it can be had is decided by `Sandboxes.create`.
public struct SandboxSpecification: Codable, Sendable, Equatable {
  /// The app that the sandbox belongs to.
  public var appID: String
  /// The image that its root disk is made of.
  public var imageID: String
  /// The mounts whose files it gets; of two files with one path the later mount's.
  public var mountIDs: [String] = []
  /// Unique among the running sandboxes of the app.
  public var name: String?
  /// Replaces the image's CMD; empty means the image's CMD, else no process at all.
  public var arguments: [String] = []
  /// An absolute directory, made where it is missing; nil means the image's WORKDIR, else `/`.
  public var workingDirectory: String?
  /// Variables over the image's; of two with one name the later wins.
  public var environment: [EnvironmentVariable] = []
  /// CPU request in thousandths of a physical core; 0 means the default.
  public var milliCPU: Int64 = 0
  /// CPU limit in thousandths of a physical core; 0 means none.
  public var milliCPULimit: Int64 = 0
  /// Memory in MiB; 0 means the default.
  public var memoryMiB: Int64 = 0
  /// How long the sandbox may live, in seconds, counted from when its machine runs.
  public var timeoutSeconds: Int64 = 300
  /// Ends the sandbox after so many seconds without a running exec or a call; nil means never.
  public var idleTimeoutSeconds: Int64?
  /// How to find out that it is ready to be used; nil means that nobody will ask.
  public var readinessProbe: ReadinessProbe?
  /// What the sandbox may reach.
  public var network: Network = .outbound
  /// A terminal for the entrypoint instead of three streams.
  public var terminal: TerminalSettings?
  /// Whether the entrypoint is process 1; nil means that it is where it is a known init program.
  public var isInit: Bool?
  /// Free words of the user, to list sandboxes by.
  public var tags: [String: String] = [:]

  /// A sandbox with the SDK's defaults.
  public init(appID: String, imageID: String) {
    self.appID = appID
    self.imageID = imageID
  }

  /// Reads one that was kept; servers before this one kept fewer fields.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    appID = try fields.decode(String.self, forKey: .appID)
    imageID = try fields.decode(String.self, forKey: .imageID)
    mountIDs = try fields.decodeIfPresent([String].self, forKey: .mountIDs) ?? []
    name = try fields.decodeIfPresent(String.self, forKey: .name)
    arguments = try fields.decode([String].self, forKey: .arguments)
    workingDirectory = try fields.decodeIfPresent(String.self, forKey: .workingDirectory)
    milliCPU = try fields.decode(Int64.self, forKey: .milliCPU)
    milliCPULimit = try fields.decode(Int64.self, forKey: .milliCPULimit)
    memoryMiB = try fields.decode(Int64.self, forKey: .memoryMiB)
    timeoutSeconds = try fields.decode(Int64.self, forKey: .timeoutSeconds)
    idleTimeoutSeconds = try fields.decodeIfPresent(Int64.self, forKey: .idleTimeoutSeconds)
    readinessProbe = try fields.decodeIfPresent(ReadinessProbe.self, forKey: .readinessProbe)
    network = try fields.decode(Network.self, forKey: .network)
    terminal = try fields.decodeIfPresent(TerminalSettings.self, forKey: .terminal)
    isInit = try fields.decodeIfPresent(Bool.self, forKey: .isInit)
    tags = try fields.decode([String: String].self, forKey: .tags)
  }

  private enum CodingKeys: String, CodingKey {
    case appID, imageID, mountIDs, name, arguments, workingDirectory, milliCPU, milliCPULimit,
      memoryMiB
    case timeoutSeconds, idleTimeoutSeconds, readinessProbe, network, terminal, isInit, tags
  }

  /// What a sandbox may reach.
  public enum Network: String, Codable, Sendable, CaseIterable {
    /// Outbound IPv4 and DNS.
    case outbound
    /// Nothing but its own loopback.
    case blocked
  }
}
