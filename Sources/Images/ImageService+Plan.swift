import Dockerfile
import Errors
import Store

extension ImageService {
  /// Looks up all that a definition names and works out the steps.
  func plan(_ definition: ImageDefinition) async throws -> BuildPlan {
    let dockerfile = try Dockerfile(lines: definition.commands)
    let stages = try dockerfile.stages(buildArguments: definition.buildArguments)
    guard let stage = stages.last, stages.count == 1 else {
      throw SandlotError(
        .unimplemented, "A multi-stage build is not supported yet.",
        hint: "Build in one stage, or make an image of each stage.")
    }
    let name: String =
      switch stage.base {
      case .image(let name): name
      case .scratch, .stage: "scratch"
      }
    let base = try await base(name, of: definition)
    let steps = try dockerfile.plan(
      stage, base: base.config, buildArguments: definition.buildArguments
    ).steps
    let secretNames = Array(definition.secrets.keys)
    let disks = ImageKey.disks(base: base.identity, steps: steps, secretNames: secretNames)
    return BuildPlan(
      key: try ImageKey.image(
        base: base.identity, config: base.config, steps: steps, secretNames: secretNames,
        builderVersion: definition.builderVersion),
      base: name, parent: base.parent, layers: base.layers,
      steps: zip(steps, disks).enumerated().map { index, pair in
        BuildPlan.Step(step: pair.0, diskKey: pair.1, number: index + 2)
      },
      config: steps.last?.config ?? base.config, secrets: definition.secrets,
      warnings: base.warnings)
  }

  private struct Base {
    var parent: String?
    var layers: [String]
    var config: ImageConfig
    var identity: String
    var warnings: [String] = []
  }

  /// What `FROM` names: one of the definition's own images, or one that the resolver knows.
  private func base(_ name: String, of definition: ImageDefinition) async throws -> Base {
    if let id = definition.baseImages[name] {
      let image = try await image(id)
      let layers = image.layers.compactMap { $0.lastComponent?.string }
      // The parent's warnings were told when it was asked for.
      return Base(
        parent: id, layers: layers, config: image.config,
        identity: ImageKey.identity(ofLayers: layers))
    }
    let resolved = try await bases.resolve(name)
    var layers: [String] = []
    for (index, file) in resolved.layers.enumerated() {
      layers.append(
        try await context.layers.adoptBase(file, identity: "\(resolved.identity) \(index)"))
    }
    return Base(
      layers: layers, config: resolved.config, identity: resolved.identity,
      warnings: resolved.warnings)
  }
}
