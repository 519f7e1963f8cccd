import Errors

extension Dockerfile {
  /// The image that `FROM` names, with build arguments put in; `scratch` for none.
  ///
  /// - Throws: `unimplemented` for a platform other than linux/amd64, `invalidArgument` where
  ///   nothing is left of the name.
  public func baseImage(buildArguments: [String: String] = [:]) throws(SandlotError) -> String {
    var arguments = ArgumentScope(provided: buildArguments)
    for instruction in instructions {
      switch instruction.kind {
      case .arg(let declarations):
        try arguments.declareGlobally(declarations, at: instruction)
      case .from(let from):
        return try from.image(with: arguments.globalVariables, at: instruction)
      default: continue
      }
    }
    return "scratch"
  }

  /// The steps that make the image.
  ///
  /// It depends on nothing but its arguments. `ARG` and `FROM` give no step of their own: they show
  /// in the environment of the `RUN` steps and in `base`.
  ///
  /// - Parameters:
  ///   - base: The configuration of the image that ``baseImage(buildArguments:)`` names.
  ///   - buildArguments: Values for the names that `ARG` declares.
  /// - Throws: what ``validate()`` throws, and `invalidArgument` for a value that cannot be.
  public func plan(
    base: ImageConfig, buildArguments: [String: String] = [:]
  ) throws(SandlotError) -> [BuildStep] {
    try validate()
    _ = try baseImage(buildArguments: buildArguments)
    var planner = Planner(config: base, arguments: ArgumentScope(provided: buildArguments))
    var steps: [BuildStep] = []
    for instruction in instructions {
      if let step = try planner.step(for: instruction) { steps.append(step) }
    }
    return steps
  }
}

extension Instruction.From {
  fileprivate func image(
    with variables: Variables, at instruction: Instruction
  ) throws(SandlotError) -> String {
    if let platform {
      let name = try instruction.expand(platform, with: variables)
      guard name == "linux/amd64" else {
        throw instruction.unsupported(
          "the platform “\(name)” is not supported", hint: "Sandboxes are linux/amd64 machines.")
      }
    }
    let image = try instruction.expand(image, with: variables)
    guard !image.isEmpty else { throw instruction.invalid("the name of the image is empty") }
    return image
  }
}

extension Instruction {
  /// Evaluates a template of this instruction, with line and text added to what is wrong with it.
  func expand(_ template: Template, with variables: Variables) throws(SandlotError) -> String {
    do {
      return try template.expanded(with: variables)
    } catch {
      throw invalid(error.description)
    }
  }
}
