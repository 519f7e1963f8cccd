import Dockerfile
import Errors
import Testing

/// The Dockerfile with these lines, on an image named `base`.
func onBase(_ lines: String...) throws -> Dockerfile {
  try Dockerfile(lines: ["FROM base"] + lines)
}

/// The configuration after all steps.
func config(
  _ lines: String..., base: ImageConfig = ImageConfig(), arguments: [String: String] = [:]
) throws -> ImageConfig {
  let steps = try Dockerfile(lines: ["FROM base"] + lines)
    .plan(base: base, buildArguments: arguments)
  return try #require(steps.last).config
}

/// The commands of the `RUN` steps.
func commands(
  _ lines: [String], base: ImageConfig = ImageConfig(), arguments: [String: String] = [:]
) throws -> [RunCommand] {
  try Dockerfile(lines: lines).plan(base: base, buildArguments: arguments).compactMap { step in
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
    try Dockerfile(lines: lines).plan(base: ImageConfig(), buildArguments: arguments)
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
