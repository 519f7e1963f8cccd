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
    var planner = Planner(stage: stage, config: base, arguments: arguments)
    var steps: [BuildStep] = []
    for instruction in stage.instructions { steps += try planner.steps(for: instruction) }
    return StagePlan(
      steps: steps, config: planner.config, arguments: planner.arguments.declared,
      warnings: planner.warnings)
  }
}

/// The stages of a file, as they are read.
private struct StageList {
  private(set) var stages: [Draft] = []

  struct Draft {
    let from: Instruction
    let name: String?
    let base: BuildStage.Base
    var instructions: [Instruction] = []
  }

  mutating func begin(
    _ from: Instruction.From, with variables: Variables, at instruction: Instruction
  ) throws(SandlotError) {
    let image = try from.image(with: variables, at: instruction)
    stages.append(Draft(from: instruction, name: from.stage, base: base(image)))
  }

  /// A name is that of an earlier stage where there is one, and of an image where there is none.
  private func base(_ name: String) -> BuildStage.Base {
    let index = stages.lastIndex { $0.name?.lowercased() == name.lowercased() }
    if let index { return .stage(index) }
    return name == "scratch" ? .scratch : .image(name)
  }

  mutating func append(_ instruction: Instruction) {
    guard !stages.isEmpty else { return }
    stages[stages.count - 1].instructions.append(instruction)
  }

  /// The last stage and all that it needs. Each needs earlier ones only.
  func needed() throws(SandlotError) -> [BuildStage] {
    let names = stages.map(\.name)
    let all = stages.enumerated().map { index, draft in
      BuildStage(
        index: index, name: draft.name, line: draft.from.line, text: draft.from.text,
        base: draft.base, instructions: draft.instructions, names: names)
    }
    var needed: Set = [all.count - 1]
    for stage in all.reversed() {
      let sources = try stage.stagesItNeeds()
      if needed.contains(stage.index) { needed.formUnion(sources) }
    }
    return all.filter { needed.contains($0.index) }
  }
}

extension BuildStage {
  /// The stages whose disk it is built on or copies from.
  fileprivate func stagesItNeeds() throws(SandlotError) -> [Int] {
    var needed: [Int] = []
    if case .stage(let index) = base { needed.append(index) }
    for instruction in instructions {
      guard case .copy(let copy) = instruction.kind,
        case .stage(let index) = try source(of: copy, at: instruction)
      else { continue }
      needed.append(index)
    }
    return needed
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
