import Errors

/// The build arguments that are declared at a point of a Dockerfile, and their values.
///
/// Those before `FROM` are of use to `FROM` only, until the stage declares them again.
struct ArgumentScope {
  /// What the caller gave, by name; a name that is never declared has no effect.
  private let provided: [String: String]
  private var globals: [EnvironmentVariable] = ArgumentScope.platform
  /// The arguments of the stage, in the order of declaration.
  private(set) var declared: [EnvironmentVariable] = []
  /// The names of predefined arguments that no `ARG` declares.
  private(set) var undeclared: Set<String> = []

  init(provided: [String: String]) {
    self.provided = provided
    for name in Self.proxies {
      guard let value = provided[name] else { continue }
      declared.set(name, to: value)
      undeclared.insert(name)
    }
  }

  /// The variables that `FROM` sees.
  var globalVariables: Variables { Variables(globals) }

  /// Declares arguments before `FROM`.
  mutating func declareGlobally(
    _ declarations: [Instruction.ArgumentDeclaration], at instruction: Instruction
  ) throws(SandlotError) {
    let variables = globalVariables
    for declaration in declarations {
      let fallback = try value(of: declaration.defaultValue, with: variables, at: instruction)
      if let value = provided[declaration.name] ?? fallback {
        globals.set(declaration.name, to: value)
      }
    }
  }

  /// Takes over what the stage has that this one builds on.
  mutating func inherit(_ arguments: [EnvironmentVariable]) {
    for argument in arguments where !undeclared.contains(argument.name) {
      declared.set(argument.name, to: argument.value)
    }
  }

  /// Declares arguments in the stage; one without a default takes that of before `FROM`.
  mutating func declare(
    _ declarations: [Instruction.ArgumentDeclaration], with variables: Variables,
    at instruction: Instruction
  ) throws(SandlotError) {
    for declaration in declarations {
      let fallback = try value(of: declaration.defaultValue, with: variables, at: instruction)
      let name = declaration.name
      undeclared.remove(name)
      if let value = provided[name] ?? fallback ?? globals.value(of: name) {
        declared.set(name, to: value)
      }
    }
  }

  private func value(
    of template: Template?, with variables: Variables, at instruction: Instruction
  ) throws(SandlotError) -> String? {
    guard let template else { return nil }
    return try instruction.expand(template, with: variables)
  }
}

extension ArgumentScope {
  /// Predefined arguments that a stage has without declaring them.
  private static let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"]
    .flatMap { [$0, $0.lowercased()] }

  /// Predefined arguments that `FROM` sees and that a stage has to declare.
  private static let platform: [EnvironmentVariable] = ["TARGET", "BUILD"].flatMap { side in
    [
      EnvironmentVariable(name: side + "PLATFORM", value: "linux/amd64"),
      EnvironmentVariable(name: side + "OS", value: "linux"),
      EnvironmentVariable(name: side + "ARCH", value: "amd64"),
      EnvironmentVariable(name: side + "VARIANT", value: ""),
    ]
  }
}

extension Variables {
  init(_ environment: [EnvironmentVariable]) {
    self.init(environment.reduce(into: [:]) { $0[$1.name] = $1.value })
  }
}
