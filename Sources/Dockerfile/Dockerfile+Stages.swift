import Errors

extension Dockerfile {
  /// The stages that the last one needs, itself included, in the order in which they can be built.
  ///
  /// It depends on nothing but its arguments.
  ///
  /// - Throws: what ``validate()`` throws; `unimplemented` for a platform other than linux/amd64;
  ///   `invalidArgument` where nothing is left of a name, and for a stage that is not there or comes
  ///   later.
  public func stages(buildArguments: [String: String] = [:]) throws(SandlotError) -> [BuildStage] {
    try validate()
    var arguments = ArgumentScope(provided: buildArguments)
    var list = StageList()
    for instruction in instructions {
      switch instruction.kind {
      case .arg(let declarations) where list.stages.isEmpty:
        try arguments.declareGlobally(declarations, at: instruction)
      case .from(let from):
        try list.begin(from, with: arguments.globalVariables, at: instruction)
      default: list.append(instruction)
      }
    }
    return try list.needed()
  }

  /// The steps of a stage.
  ///
  /// It depends on nothing but its arguments. `ARG` gives no step of its own: it shows in the
  /// environment of the `RUN` steps.
  ///
  /// - Parameters:
  ///   - stage: One of ``stages(buildArguments:)``.
  ///   - base: The configuration of what the stage builds on.
  ///   - inherited: The ``StagePlan/arguments`` of the stage that it builds on, if it is one.
  ///   - buildArguments: Values for the names that `ARG` declares.
  /// - Throws: `invalidArgument` for a value that cannot be, and a stage that is not there.
  public func plan(
    _ stage: BuildStage, base: ImageConfig, inheriting inherited: [EnvironmentVariable] = [],
    buildArguments: [String: String] = [:]
  ) throws(SandlotError) -> StagePlan {
    var arguments = ArgumentScope(provided: buildArguments)
    for instruction in instructions {
      guard case .arg(let declarations) = instruction.kind else { break }
      try arguments.declareGlobally(declarations, at: instruction)
    }
    arguments.inherit(inherited)
    var planner = Planner(config: base, arguments: arguments)
    var steps: [BuildStep] = []
    for instruction in stage.instructions { steps += try planner.steps(for: instruction) }
    return StagePlan(
      steps: steps, config: planner.config, arguments: planner.arguments.declared,
      warnings: planner.warnings)
  }
}

/// The stages of a file, as they are read.
private struct StageList {
  private(set) var stages: [BuildStage] = []

  mutating func begin(
    _ from: Instruction.From, with variables: Variables, at instruction: Instruction
  ) throws(SandlotError) {
    let image = try from.image(with: variables, at: instruction)
    stages.append(
      BuildStage(
        index: stages.count, name: from.stage, line: instruction.line, text: instruction.text,
        base: base(image), instructions: []))
  }

  /// A name is that of an earlier stage where there is one, and of an image where there is none.
  private func base(_ name: String) -> BuildStage.Base {
    if let stage = stages.last(where: { $0.hasName(name) }) { return .stage(stage.index) }
    return name == "scratch" ? .scratch : .image(name)
  }

  mutating func append(_ instruction: Instruction) {
    guard let stage = stages.popLast() else { return }
    stages.append(stage.adding(instruction))
  }

  /// The last stage and all that it needs. Each needs earlier ones only.
  func needed() throws(SandlotError) -> [BuildStage] {
    var needed: Set<Int> = []
    for stage in stages.reversed()
    where stage.index == stages.count - 1 || needed.contains(stage.index) {
      needed.insert(stage.index)
      if case .stage(let index) = stage.base { needed.insert(index) }
    }
    return stages.filter { needed.contains($0.index) }
  }
}

extension BuildStage {
  func hasName(_ other: String) -> Bool { name?.lowercased() == other.lowercased() }

  fileprivate func adding(_ instruction: Instruction) -> BuildStage {
    BuildStage(
      index: index, name: name, line: line, text: text, base: base,
      instructions: instructions + [instruction])
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
