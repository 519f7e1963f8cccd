import Dockerfile
import Errors
import Mounts

/// Works out the steps of a definition: looks up all that it names and computes the keys.
struct BuildPlanner: Sendable {
  let definition: ImageDefinition
  let bases: any BaseResolver
  let mounts: Mounts
  /// Whether tags are looked up anew.
  let refresh: Bool
  /// Finds a built image by its id.
  let image: @Sendable (String) async throws -> Image

  /// The stages planned so far, by their number in the Dockerfile.
  private var places: [Int: Int] = [:]
  private var stages: [BuildPlan.Stage] = []
  private var plans: [StagePlan] = []
  private var number = 0
  private var parent: String?
  private var warnings: [String] = []
  private var context: FileTree?

  init(
    _ definition: ImageDefinition, bases: any BaseResolver, mounts: Mounts, refresh: Bool,
    image: @escaping @Sendable (String) async throws -> Image
  ) {
    self.definition = definition
    self.bases = bases
    self.mounts = mounts
    self.refresh = refresh
    self.image = image
  }

  /// The plan. Throws `SandlotError` for a Dockerfile that is wrong or not supported, and for what
  /// cannot be found.
  mutating func plan() async throws -> BuildPlan {
    let dockerfile = try Dockerfile(lines: definition.commands)
    let list = try dockerfile.stages(buildArguments: definition.buildArguments)
    for stage in list { try await add(stage, of: dockerfile) }
    guard let last = stages.last, let config = plans.last?.config else {
      throw SandlotError(.internal, "The Dockerfile has no stage.")
    }
    return BuildPlan(
      key: try ImageKey.image(
        disk: last.diskKey, config: config, builderVersion: definition.builderVersion),
      parent: parent, stages: stages, config: config, secrets: definition.secrets,
      warnings: warnings)
  }

  private mutating func add(_ stage: BuildStage, of dockerfile: Dockerfile) async throws {
    let base = try await base(of: stage)
    let plan = try dockerfile.plan(
      stage, base: base.config, inheriting: base.arguments,
      buildArguments: definition.buildArguments)
    warnings += plan.warnings
    number += 1
    let first = number
    var key = base.key
    var steps: [BuildPlan.Step] = []
    for step in plan.steps {
      number += 1
      let (inputs, files) = try await inputs(of: step)
      if let inputs { key = ImageKey.disk(after: key, inputs) }
      steps.append(
        BuildPlan.Step(step: step, inputs: inputs, diskKey: key, number: number, files: files))
    }
    places[stage.index] = stages.count
    stages.append(
      BuildPlan.Stage(
        text: stage.text, number: first, base: base.base, baseKey: base.key, steps: steps))
    plans.append(plan)
  }

  private mutating func inputs(
    of step: BuildStep
  ) async throws -> (StepInputs?, BuildPlan.Files?) {
    switch step.action {
    case .configure: return (nil, nil)
    case .makeDirectory: return (StepInputs(step), nil)
    case .run(let command):
      return (StepInputs(command, secretNames: Array(definition.secrets.keys)), nil)
    case .copy(let command):
      let (files, identity) = try await files(of: command)
      return (StepInputs(step, files: identity), files)
    }
  }
}

// MARK: What stages begin with

extension BuildPlanner {
  /// A disk and what is known of the image that has it.
  private struct Found {
    var base: BuildPlan.Base
    var key: String
    var config = ImageConfig.scratch
    var arguments: [EnvironmentVariable] = []
  }

  private mutating func base(of stage: BuildStage) async throws -> Found {
    switch stage.base {
    case .scratch: return try await found("scratch")
    case .image(let name): return try await found(name)
    case .stage(let index):
      let place = try place(of: index)
      return Found(
        base: .stage(place), key: stages[place].diskKey, config: plans[place].config,
        arguments: plans[place].arguments)
    }
  }

  /// One of the definition's own images, or one that the resolver knows.
  private mutating func found(_ name: String) async throws -> Found {
    if let id = definition.baseImages[name] ?? Self.imageID(name) {
      let image = try await image(id)
      parent = id
      // The parent's warnings were told when it was asked for.
      return Found(
        base: .layers(image.layerNames),
        key: ImageKey.disk(of: ImageKey.identity(ofLayers: image.layerNames)),
        config: image.config)
    }
    let resolved = try await bases.resolve(
      BaseRequest(name, credentials: definition.registryCredentials, refresh: refresh))
    warnings += resolved.warnings.filter { !warnings.contains($0) }
    return Found(
      base: .resolved(resolved), key: ImageKey.disk(of: resolved.identity),
      config: resolved.config)
  }

  /// A name that is an image's id: names in registries have no capital letters.
  private static func imageID(_ name: String) -> String? {
    let isID = name.hasPrefix("im-") && name.allSatisfy { $0 == "-" || $0.isLetter || $0.isNumber }
    return isID && name.contains(where: \.isUppercase) ? name : nil
  }

  private func place(of index: Int) throws -> Int {
    guard let place = places[index] else {
      throw SandlotError(.internal, "The stage \(index) is needed before it is planned.")
    }
    return place
  }
}

// MARK: Where copies take their files from

extension BuildPlanner {
  /// The files of a copy, and a text that names what they hold.
  private mutating func files(
    of command: CopyCommand
  ) async throws -> (BuildPlan.Files, identity: String) {
    switch command.source {
    case .context:
      let tree = try await contextTree()
      return (.tree(tree), try CopySelection(command).digest(of: tree))
    case .inline(let files):
      let tree = try await mounts.tree(
        inline: files.map { (name: $0.name, data: Array($0.content.utf8)) })
      return (.tree(tree), tree.digest)
    case .stage(let index):
      let place = try place(of: index)
      return (.base(.stage(place)), stages[place].diskKey)
    case .image(let name):
      let parent = parent
      defer { self.parent = parent }
      let found = try await found(name)
      return (.base(found.base), found.key)
    case .url(let address, let checksum):
      let download = Download(
        address: address, checksum: checksum, name: try command.literalSource)
      return (.download(download), download.diskKey)
    }
  }

  /// All files that the client has sent for this definition.
  private mutating func contextTree() async throws -> FileTree {
    if let context { return context }
    var tree = try await mounts.tree(inline: definition.contextFiles)
    if let mount = definition.contextMountID {
      tree = try await mounts.tree(of: mount).merging(tree)
    }
    context = tree
    return tree
  }
}
