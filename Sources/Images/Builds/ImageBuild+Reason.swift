import Store

extension ImageBuild {
  /// Why a step is executed and not taken from an earlier build, as people are told.
  ///
  /// - Parameters:
  ///   - parent: The key of the disk before it.
  ///   - isFirst: Whether no step of its stage has been executed before it.
  func reason(
    for step: BuildPlan.Step, after parent: String, isFirst: Bool
  ) async throws -> String {
    switch cache {
    case .replace: return "the build was forced: all steps are executed"
    case .none: return "the cache was to be ignored"
    case .normal: break
    }
    guard isFirst else { return "a step before it was executed" }
    if try await context.store.buildStep(key: step.diskKey) != nil {
      return "it was executed before, but its layers are gone"
    }
    let siblings = try await context.store.buildSteps(after: parent, limit: 50)
    if let same = siblings.first(where: { $0.text == step.step.text }) {
      return "changed since it was last executed: \(Self.difference(same.inputs, step.inputs))"
    }
    if let other = siblings.first {
      return "the step is new here; last time “\(other.text.prefix(80))” followed"
    }
    return try await context.store.hasBuildStep(text: step.step.text)
      ? "it was executed before on another disk: what it builds on has changed"
      : "it was never executed before"
  }

  /// The names of the parts that are not the same.
  private static func difference(_ old: [BuildStepRow.Input], _ new: StepInputs?) -> String {
    let known = Set(old.map { "\($0.name) \($0.digest)" })
    let changed = (new?.parts ?? []).filter { !known.contains("\($0.name) \($0.digest)") }
    return changed.map { "the \($0.name)" }.joined(separator: ", ")
  }
}
