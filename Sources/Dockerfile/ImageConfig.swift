/// What an image says about the processes that are started from it; the part of the OCI image
/// configuration that Dockerfile instructions set.
public struct ImageConfig: Codable, Sendable, Equatable, Hashable {
  /// The environment, in the order of definition; no name occurs twice.
  public var env: [EnvironmentVariable]
  /// The absolute path in which processes start.
  public var workingDirectory: String
  /// `name`, `uid`, `name:group` or `uid:gid`; empty means root.
  public var user: String
  /// The argument vector to which a shell-form command is appended.
  public var shell: [String]
  /// What runs when the image is started; nil leaves it to `cmd`.
  public var entrypoint: [String]?
  /// The arguments of `entrypoint`, or the whole command where there is none.
  public var cmd: [String]?
  /// Names and values for people and tools.
  public var labels: [String: String]
  /// Ports as `8080/tcp`, in the order of definition.
  public var exposedPorts: [String]
  /// Directories that `VOLUME` names, in the order of definition.
  public var volumes: [String]
  /// The signal that asks the image's process to end, as `SIGINT`; nil for the usual.
  public var stopSignal: String?
  /// How to find out whether a container of the image works; nil for not at all.
  public var healthcheck: Healthcheck?
  /// Who made the image; empty where nobody says.
  public var author: String

  /// A configuration; the defaults are those of an image that says nothing.
  public init(
    env: [EnvironmentVariable] = [], workingDirectory: String = "/", user: String = "",
    shell: [String] = ["/bin/sh", "-c"], entrypoint: [String]? = nil, cmd: [String]? = nil,
    labels: [String: String] = [:], exposedPorts: [String] = [], volumes: [String] = [],
    stopSignal: String? = nil, healthcheck: Healthcheck? = nil, author: String = ""
  ) {
    self.env = env
    self.workingDirectory = workingDirectory
    self.user = user
    self.shell = shell
    self.entrypoint = entrypoint
    self.cmd = cmd
    self.labels = labels
    self.exposedPorts = exposedPorts
    self.volumes = volumes
    self.stopSignal = stopSignal
    self.healthcheck = healthcheck
    self.author = author
  }

  /// Reads a configuration; one that was kept by an earlier version has fewer fields.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    env = try fields.decode([EnvironmentVariable].self, forKey: .env)
    workingDirectory = try fields.decode(String.self, forKey: .workingDirectory)
    user = try fields.decode(String.self, forKey: .user)
    shell = try fields.decode([String].self, forKey: .shell)
    entrypoint = try fields.decodeIfPresent([String].self, forKey: .entrypoint)
    cmd = try fields.decodeIfPresent([String].self, forKey: .cmd)
    labels = try fields.decode([String: String].self, forKey: .labels)
    exposedPorts = try fields.decode([String].self, forKey: .exposedPorts)
    volumes = try fields.decodeIfPresent([String].self, forKey: .volumes) ?? []
    stopSignal = try fields.decodeIfPresent(String.self, forKey: .stopSignal)
    healthcheck = try fields.decodeIfPresent(Healthcheck.self, forKey: .healthcheck)
    author = try fields.decodeIfPresent(String.self, forKey: .author) ?? ""
  }

  /// The configuration of `FROM scratch`, with the search path that Docker gives it.
  public static var scratch: ImageConfig {
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return ImageConfig(env: [EnvironmentVariable(name: "PATH", value: path)])
  }
}

/// One variable of an environment.
public struct EnvironmentVariable: Codable, Sendable, Equatable, Hashable {
  /// What stands before the equals sign.
  public var name: String
  /// What stands after it.
  public var value: String

  /// A variable and its value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension [EnvironmentVariable] {
  /// Sets a variable: in its place where the name is there already, at the end where it is not.
  public mutating func set(_ name: String, to value: String) {
    if let index = firstIndex(where: { $0.name == name }) {
      self[index].value = value
    } else {
      append(EnvironmentVariable(name: name, value: value))
    }
  }

  /// The value of a variable; nil where it is not set.
  public func value(of name: String) -> String? {
    first { $0.name == name }?.value
  }
}
