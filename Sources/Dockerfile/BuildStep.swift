/// One step of a build, with every variable put in.
public struct BuildStep: Sendable, Equatable {
  /// The line of the Dockerfile that it comes from, counted from 1.
  public let line: Int
  /// What to show for it, as `RUN apt-get update`.
  public let text: String
  /// What there is to do.
  public let action: Action
  /// The configuration of the image after it.
  public let config: ImageConfig

  /// What a step does.
  public enum Action: Sendable, Equatable {
    /// Nothing but a new ``BuildStep/config``.
    case configure
    /// A new configuration, and a directory to make where it is missing, parents included, mode
    /// 755, owned by `user` (an ``ImageConfig/user``): `WORKDIR` does that.
    case makeDirectory(path: String, user: String)
    /// A command to run in the image.
    case run(RunCommand)
    /// Files to copy into the image.
    case copy(CopyCommand)
  }
}

/// The command of a `RUN`, ready to be executed.
public struct RunCommand: Sendable, Equatable {
  /// The argument vector; for the shell form the image's shell and the script.
  public let argv: [String]
  /// The image's environment and the build arguments in scope.
  public let environment: [EnvironmentVariable]
  /// The absolute path in which it starts.
  public let workingDirectory: String
  /// As ``ImageConfig/user``.
  public let user: String
  /// The names of variables that no result depends on: predefined arguments that the Dockerfile
  /// does not declare.
  let unkeyed: Set<String>
}

extension BuildStep {
  /// A text for cache keys: it holds all that the step's result depends on besides the image
  /// before it, and nothing else. Equal texts mean equal steps.
  public var canonical: String {
    switch action {
    case .configure: config.canonical
    case .makeDirectory(let path, let user):
      [record("mkdir", [path, user]), config.canonical].joined(separator: "\n")
    case .run(let command): command.canonical
    case .copy(let command): command.canonical
    }
  }
}

extension RunCommand {
  fileprivate var canonical: String {
    let environment = environment.filter { !unkeyed.contains($0.name) }
    return [
      record("run", argv), record("env", environment.flatMap { [$0.name, $0.value] }),
      record("workdir", [workingDirectory]), record("user", [user]),
    ].joined(separator: "\n")
  }
}

extension CopyCommand {
  /// Without the content of the files, which the Dockerfile does not know.
  fileprivate var canonical: String {
    [
      source.canonical, record("sources", sources), record("to", [destination, owner]),
      record("mode", mode.map { [$0] } ?? []), record("excludes", excludes),
      record("how", [unpacksArchives ? "unpack" : "", keepsParents ? "parents" : ""]),
    ].joined(separator: "\n")
  }
}

extension CopyCommand.Source {
  /// A stage is known by what is on its disk, which the Dockerfile does not know either.
  fileprivate var canonical: String {
    switch self {
    case .context: record("context", [])
    case .stage, .image: record("disk", [])
    case .url(let address, let checksum):
      record("url", [address] + (checksum.map { [$0] } ?? []))
    case .inline(let files): record("inline", files.flatMap { [$0.name, $0.content] })
    }
  }
}

extension ImageConfig {
  fileprivate var canonical: String {
    let labels = labels.sorted { $0.key < $1.key }
    var lines = [
      record("config", []), record("env", env.flatMap { [$0.name, $0.value] }),
      record("workdir", [workingDirectory]), record("user", [user]), record("shell", shell),
      record("labels", labels.flatMap { [$0.key, $0.value] }), record("expose", exposedPorts),
    ]
    if !volumes.isEmpty { lines.append(record("volumes", volumes)) }
    if let stopSignal { lines.append(record("stop", [stopSignal])) }
    if let healthcheck { lines.append(healthcheck.canonical) }
    if !author.isEmpty { lines.append(record("author", [author])) }
    if let entrypoint { lines.append(record("entrypoint", entrypoint)) }
    if let cmd { lines.append(record("cmd", cmd)) }
    return lines.joined(separator: "\n")
  }
}

extension Healthcheck {
  fileprivate var canonical: String {
    let numbers = [interval, timeout, startPeriod, startInterval, Int64(retries)]
    return record("health", test + numbers.map { String($0) })
  }
}

/// A name and values, each preceded by its length in bytes so that no value can imitate another's
/// borders.
private func record(_ name: String, _ values: [String]) -> String {
  ([name] + values.map { "\($0.utf8.count):\($0)" }).joined(separator: " ")
}
