import Dockerfile
import Errors
import Foundation
import Machines
import Store

/// The execution of a plan: one machine, one snapshot of its disk after each `RUN`.
struct ImageBuild: Sendable {
  let id: String
  let plan: BuildPlan
  let cache: CacheUse
  let context: BuildContext
  let journal: BuildJournal

  /// Builds the image; returns the names of its layers.
  ///
  /// Throws `BuildFailure` for what the user is to see, `CancellationError` when cancelled; the
  /// machine is gone then, and of its layers those of complete steps are kept for the next try.
  func run() async throws -> [String] {
    journal.append("Step 1/\(plan.steps.count + 1) : FROM \(plan.base)\n")
    for warning in plan.warnings { journal.append("Warning: \(warning)\n") }
    let cached = try await cachedSteps()
    for step in plan.steps.prefix(cached.count) {
      journal.append(plan.heading(of: step) + (step.command == nil ? "\n" : " (cached)\n"))
    }
    let rest = plan.steps.dropFirst(cached.count)
    guard rest.contains(where: { $0.command != nil }) else {
      for step in rest { journal.append(plan.heading(of: step) + "\n") }
      return try await squashed(cached.layers)
    }
    let layers = try await withTimeLimit {
      try await withMachine(on: cached.layers) { machine in
        try await execute(rest, after: plan.steps.prefix(cached.count), in: machine, cached.layers)
      }
    }
    return try await squashed(layers)
  }

  /// How many of the first steps have been executed by earlier builds, and the disk after them.
  private func cachedSteps() async throws -> (count: Int, layers: [String]) {
    var found = (count: 0, layers: plan.layers)
    guard cache == .normal else { return found }
    for (index, step) in plan.steps.enumerated() where step.command != nil {
      guard let row = try await context.store.buildStep(key: step.diskKey),
        context.layers.contains(row.layers)
      else { break }
      found = (index + 1, row.layers)
    }
    return found
  }

  private func execute(
    _ steps: ArraySlice<BuildPlan.Step>, after done: ArraySlice<BuildPlan.Step>,
    in machine: any Machine, _ base: [String]
  ) async throws -> [String] {
    var layers = base
    var directories = MissingDirectories()
    for step in done { directories.note(step.step) }
    for step in steps {
      journal.append(plan.heading(of: step) + "\n")
      directories.note(step.step)
      guard let command = step.command else { continue }
      let execution = StepExecution(
        heading: plan.heading(of: step), command: command, secrets: plan.secrets,
        directories: directories.take(besides: command.workingDirectory), machine: machine,
        context: context, journal: journal)
      let start = context.now()
      try await execution.run()
      layers.append(try context.layers.adopt(try await machine.snapshotDisk()))
      let seconds = context.now().timeIntervalSince(start)
      journal.append("Step \(step.number) took \(String(format: "%.1f", seconds)) s\n")
      try await remember(layers, after: step)
    }
    return layers
  }

  private func remember(_ layers: [String], after step: BuildPlan.Step) async throws {
    guard cache != .none else { return }
    try await context.store.save(
      BuildStepRow(key: step.diskKey, layers: layers, createdAt: context.now()))
  }

  /// The same disk in fewer layers where there are too many.
  private func squashed(_ layers: [String]) async throws -> [String] {
    guard layers.count > context.limits.maximumDepth else { return layers }
    journal.append("Squashing \(layers.count) layers\n")
    let squashed = try await context.layers.squash(layers)
    if let last = plan.steps.last(where: { $0.command != nil }) {
      try await remember(squashed, after: last)
    }
    return squashed
  }
}

/// The directories of `WORKDIR` instructions that nobody has made yet.
///
/// A `RUN` makes them; those after the last one are left to whoever starts a process there.
struct MissingDirectories {
  private var paths: [String] = []

  mutating func note(_ step: BuildStep) {
    if case .makeDirectory(let path, _) = step.action, !paths.contains(path) { paths.append(path) }
  }

  /// Those to be made, except for one that is made as the command's own.
  mutating func take(besides workingDirectory: String) -> [String] {
    defer { paths = [] }
    return paths.filter { $0 != workingDirectory && $0 != "/" }
  }
}
