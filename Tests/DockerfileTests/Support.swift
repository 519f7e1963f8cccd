import Dockerfile
import Errors
import Testing

/// The Dockerfile with these lines, on an image named `base`.
func onBase(_ lines: String...) throws -> Dockerfile {
  try Dockerfile(lines: ["FROM base"] + lines)
}

extension Dockerfile {
  /// The plan of the last stage, on a base with this configuration.
  func lastPlan(
    base: ImageConfig = ImageConfig(), buildArguments: [String: String] = [:]
  ) throws -> StagePlan {
    let stage = try #require(try stages(buildArguments: buildArguments).last)
    return try plan(stage, base: base, buildArguments: buildArguments)
  }

  /// What the last stage builds on.
  func base(buildArguments: [String: String] = [:]) throws -> BuildStage.Base {
    try #require(try stages(buildArguments: buildArguments).last).base
  }
}

/// The configuration after all steps.
func config(
  _ lines: String..., base: ImageConfig = ImageConfig(), arguments: [String: String] = [:]
) throws -> ImageConfig {
  try Dockerfile(lines: ["FROM base"] + lines).lastPlan(base: base, buildArguments: arguments)
    .config
}

/// The commands of the `RUN` steps.
func commands(
  _ lines: [String], base: ImageConfig = ImageConfig(), arguments: [String: String] = [:]
) throws -> [RunCommand] {
  let plan = try Dockerfile(lines: lines).lastPlan(base: base, buildArguments: arguments)
  return plan.steps.compactMap { step in
    guard case .run(let command) = step.action else { return nil }
    return command
  }
}

/// The scripts of the `RUN` steps, which all have to be for the default shell.
func scripts(_ lines: String...) throws -> [String] {
  try commands(["FROM base"] + lines).map { command in
    try #require(command.argv.count == 3)
    #expect(command.argv.prefix(2) == ["/bin/sh", "-c"])
    return command.argv[2]
  }
}

/// The error of parsing and planning these lines.
func failure(_ lines: [String], arguments: [String: String] = [:]) throws -> SandlotError {
  try #require(throws: SandlotError.self) {
    _ = try Dockerfile(lines: lines).lastPlan(buildArguments: arguments)
  }
}

extension ImageConfig {
  /// The environment as `name=value`.
  var environment: [String] { env.map { "\($0.name)=\($0.value)" } }
}

extension RunCommand {
  /// The environment as `name=value`.
  var variables: [String] { environment.map { "\($0.name)=\($0.value)" } }
}

/// The copies of the last stage.
func copies(_ lines: [String], arguments: [String: String] = [:]) throws -> [CopyCommand] {
  try Dockerfile(lines: lines).lastPlan(buildArguments: arguments).steps.compactMap { step in
    guard case .copy(let command) = step.action else { return nil }
    return command
  }
}
