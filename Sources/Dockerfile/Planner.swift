import Errors

/// Walks the instructions of one stage and keeps what they have set so far.
struct Planner {
  private(set) var config: ImageConfig
  private(set) var arguments: ArgumentScope
  private(set) var warnings: [String] = []
  /// The stage whose instructions these are.
  let stage: BuildStage
  private var hasOwnCmd = false

  init(stage: BuildStage, config: ImageConfig, arguments: ArgumentScope) {
    self.stage = stage
    self.config = config
    self.arguments = arguments
  }

  /// The steps of an instruction; none for one that only changes what later ones see.
  mutating func steps(for instruction: Instruction) throws(SandlotError) -> [BuildStep] {
    var action = BuildStep.Action.configure
    switch instruction.kind {
    case .from: return []
    case .arg(let declarations):
      try arguments.declare(declarations, with: variables, at: instruction)
      return []
    case .run(let run): action = .run(command(of: run))
    case .workdir(let path):
      config.workingDirectory = try directory(path, at: instruction)
      action = .makeDirectory(path: config.workingDirectory, user: config.user)
    case .env(let assignments):
      for (name, value) in try expand(assignments, at: instruction) {
        config.env.set(name, to: value)
      }
    case .label(let assignments):
      for (name, value) in try expand(assignments, at: instruction) { config.labels[name] = value }
    case .user(let user): config.user = try text(user, at: instruction, called: "user")
    case .shell(let shell): config.shell = shell
    case .entrypoint(let command): setEntrypoint(argv(of: command))
    case .cmd(let command):
      config.cmd = argv(of: command)
      hasOwnCmd = true
    case .expose(let ports): try expose(ports, at: instruction)
    case .copy(let copy):
      return try actions(of: copy, at: instruction).map { step(instruction, $0) }
    case .volume(let volumes): try keep(volumes: volumes, at: instruction)
    case .stopSignal(let signal): try keep(stopSignal: signal, at: instruction)
    case .healthcheck(let check):
      config.healthcheck = check
      warn("a sandbox runs no HEALTHCHECK; check from outside with exec", at: instruction)
    case .maintainer(let name): config.author = name
    case .unsupported: return []
    }
    return [step(instruction, action)]
  }

  private func step(_ instruction: Instruction, _ action: BuildStep.Action) -> BuildStep {
    BuildStep(line: instruction.line, text: instruction.text, action: action, config: config)
  }

  /// An entrypoint of the Dockerfile's own makes the base's command meaningless.
  private mutating func setEntrypoint(_ argv: [String]) {
    config.entrypoint = argv
    if !hasOwnCmd { config.cmd = nil }
  }
}

extension Planner {
  /// The image's environment over the build arguments: `ENV` wins over `ARG`.
  private var environment: [EnvironmentVariable] {
    var environment = config.env
    for argument in arguments.declared where environment.value(of: argument.name) == nil {
      environment.append(argument)
    }
    return environment
  }

  var variables: Variables { Variables(environment) }

  /// The values of all are taken before any is set, as the reference has it.
  private func expand(
    _ assignments: [Instruction.Assignment], at instruction: Instruction
  ) throws(SandlotError) -> [(name: String, value: String)] {
    let variables = variables
    return try assignments.map { assignment throws(SandlotError) in
      let name = try instruction.expand(assignment.name, with: variables)
      guard !name.isEmpty else {
        throw instruction.invalid("nothing is left of the name “\(assignment.name.source)”")
      }
      return (name, try instruction.expand(assignment.value, with: variables))
    }
  }

  private func text(
    _ template: Template, at instruction: Instruction, called name: String
  ) throws(SandlotError) -> String {
    let text = try instruction.expand(template, with: variables)
    guard !text.isEmpty else { throw instruction.invalid("the \(name) is empty") }
    return text
  }

  private func directory(
    _ template: Template, at instruction: Instruction
  ) throws(SandlotError) -> String {
    let path = try text(template, at: instruction, called: "path")
    return AbsolutePath.resolve(path, in: config.workingDirectory)
  }

  private mutating func keep(
    volumes templates: [Template], at instruction: Instruction
  ) throws(SandlotError) {
    for template in templates {
      let path = try directory(template, at: instruction)
      if !config.volumes.contains(path) { config.volumes.append(path) }
    }
    warn("VOLUME has no effect: all directories are on the sandbox's own disk", at: instruction)
  }

  private mutating func keep(
    stopSignal template: Template, at instruction: Instruction
  ) throws(SandlotError) {
    let signal = try text(template, at: instruction, called: "signal")
    guard Signals.isKnown(signal) else {
      throw instruction.invalid("“\(signal)” is no signal, like SIGINT or 2")
    }
    config.stopSignal = signal
    warn(
      "STOPSIGNAL has no effect: a sandbox's processes get SIGTERM, then SIGKILL", at: instruction)
  }

  private mutating func warn(_ problem: String, at instruction: Instruction) {
    warnings.append("Dockerfile line \(instruction.line): \(problem).")
  }

  private mutating func expose(
    _ templates: [Template], at instruction: Instruction
  ) throws(SandlotError) {
    let variables = variables
    var known = Set(config.exposedPorts)
    for template in templates {
      let text = try instruction.expand(template, with: variables)
      for word in text.split(whereSeparator: \.isWhitespace) {
        guard let ports = ExposedPorts(word) else {
          throw instruction.invalid("“\(word)” is not a port, like 8080, 8080/udp or 8000-8010/tcp")
        }
        config.exposedPorts += ports.names.filter { known.insert($0).inserted }
      }
    }
  }
}

extension Planner {
  private func argv(of command: Instruction.Command) -> [String] {
    switch command {
    case .shell(let line): config.shell + [line]
    case .exec(let argv): argv
    }
  }

  private func command(of run: Instruction.Run) -> RunCommand {
    RunCommand(
      argv: run.scriptArgv ?? argv(of: run.command.withHeredocs(run.heredocs)),
      environment: environment, workingDirectory: config.workingDirectory, user: config.user,
      unkeyed: arguments.undeclared.subtracting(config.env.map(\.name)))
  }
}
