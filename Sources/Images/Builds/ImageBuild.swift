import Dockerfile
import Errors
import Foundation
import Machines
import Store

/// The execution of a plan: one machine for each stage that is not there yet, one snapshot of its disk
/// after each `RUN`, `COPY` and `ADD`.
struct ImageBuild: Sendable {
  let id: String
  let plan: BuildPlan
  let cache: CacheUse
  let context: BuildContext
  let journal: BuildJournal
  let history = BuildHistory()

  /// The disks of stages, by their place in the plan, as far as they have been needed.
  typealias StageDisks = [Int: [String]]

  /// Builds the image; returns the names of its layers.
  ///
  /// Throws `BuildFailure` for what the user is to see, `CancellationError` when cancelled; the
  /// machine is gone then, and of its layers those of complete steps are kept for the next try.
  func run() async throws -> [String] {
    for warning in plan.warnings { journal.append("Warning: \(warning)\n") }
    return try await withTimeLimit {
      var disks: StageDisks = [:]
      return try await squashed(try await disk(of: plan.stages.count - 1, &disks))
    }
  }

  /// The disk of a stage; its steps are executed where no earlier build has.
  func disk(of place: Int, _ disks: inout StageDisks) async throws -> [String] {
    if let disk = disks[place] { return disk }
    let disk = try await build(plan.stages[place], &disks)
    disks[place] = disk
    return disk
  }

  private func build(
    _ stage: BuildPlan.Stage, _ disks: inout StageDisks
  ) async throws -> [String] {
    let cached = try await cachedSteps(of: stage)
    let done = stage.steps.prefix(cached.count)
    let rest = stage.steps.dropFirst(cached.count)
    // What a machine needs is there before it starts: two at once might want more memory than there is.
    var files: [Int: [CopyJob]] = [:]
    for step in rest { files[step.number] = try await jobs(of: step, &disks) }
    if cached.layers == nil, case .stage(let place) = stage.base {
      _ = try await disk(of: place, &disks)
    }
    journal.append(plan.heading(of: stage) + "\n")
    history.note(stage)
    var layers: [String]
    if let known = cached.layers {
      layers = known
    } else {
      layers = try await self.layers(of: stage.base, &disks)
    }
    for step in done {
      journal.append(plan.heading(of: step) + (step.isExecuted ? " (cached)\n" : "\n"))
      history.note(step, step.isExecuted ? .cached : .configured)
    }
    if rest.contains(where: \.isExecuted) {
      let base = layers
      layers = try await withMachine(on: base) { machine in
        try await execute(rest, of: stage, after: done, files, in: machine, base)
      }
    } else {
      for step in rest {
        journal.append(plan.heading(of: step) + "\n")
        history.note(step, .configured)
      }
    }
    return layers
  }

  /// How many of the first steps have been executed by earlier builds, and the disk after them; nil
  /// for the stage's base.
  private func cachedSteps(
    of stage: BuildPlan.Stage
  ) async throws -> (count: Int, layers: [String]?) {
    var found = (count: 0, layers: [String]?.none)
    guard cache == .normal else { return found }
    var used: [String] = []
    for (index, step) in stage.steps.enumerated() where step.isExecuted {
      guard let row = try await context.store.buildStep(key: step.diskKey),
        context.layers.contains(row.layers)
      else { break }
      found = (index + 1, row.layers)
      used.append(step.diskKey)
    }
    guard !used.isEmpty else { return found }
    let areThere = try await context.store.useBuildSteps(keys: used, at: context.now())
    // What was removed meanwhile is executed again.
    return areThere ? found : (0, nil)
  }

  private func execute(
    _ steps: ArraySlice<BuildPlan.Step>, of stage: BuildPlan.Stage,
    after done: ArraySlice<BuildPlan.Step>, _ files: [Int: [CopyJob]], in machine: any Machine,
    _ base: [String]
  ) async throws -> [String] {
    var layers = base
    var directories = MissingDirectories()
    for step in done { directories.note(step.step) }
    var key = done.last?.diskKey ?? stage.baseKey
    var isFirst = true
    for step in steps {
      journal.append(plan.heading(of: step) + "\n")
      directories.note(step.step)
      guard step.isExecuted else {
        history.note(step, .configured)
        if step.inputs != nil { key = step.diskKey }
        continue
      }
      let reason = try await reason(for: step, after: key, isFirst: isFirst)
      isFirst = false
      let start = context.now()
      let execution = StepExecution(
        heading: plan.heading(of: step), machine: machine, context: context, journal: journal)
      try await execution.run { execution in
        try await self.perform(step, files[step.number] ?? [], &directories, execution)
      }
      layers.append(try context.layers.adopt(try await machine.snapshotDisk()))
      let seconds = context.now().timeIntervalSince(start)
      journal.append("Step \(step.number) took \(String(format: "%.1f", seconds)) s\n")
      history.note(step, .executed, reason: reason, seconds: seconds)
      try await remember(layers, after: step, on: key)
      key = step.diskKey
    }
    return layers
  }

  private func perform(
    _ step: BuildPlan.Step, _ jobs: [CopyJob], _ directories: inout MissingDirectories,
    _ execution: StepExecution
  ) async throws {
    switch step.step.action {
    case .run(let command):
      for directory in directories.take(besides: command.workingDirectory) {
        try await execution.make(directory)
      }
      try await execution.perform(command, secrets: plan.secrets)
    case .copy:
      for directory in directories.take() { try await execution.make(directory) }
      for job in jobs { try await execution.perform(job) }
    case .configure, .makeDirectory: break
    }
  }

  func remember(
    _ layers: [String], after step: BuildPlan.Step, on parent: String
  ) async throws {
    try await remember(
      BuildStepRow(
        key: step.diskKey, parent: parent, text: step.step.text, inputs: step.inputs?.parts ?? [],
        layers: layers, createdAt: context.now()))
  }

  func remember(_ row: BuildStepRow) async throws {
    guard cache != .none else { return }
    try await context.store.save(row)
  }

  /// The same disk in fewer layers where there are too many.
  private func squashed(_ layers: [String]) async throws -> [String] {
    guard layers.count > context.limits.maximumDepth else { return layers }
    journal.append("Squashing \(layers.count) layers\n")
    let squashed = try await context.layers.squash(layers)
    if let last = plan.stages.last?.steps.last(where: \.isExecuted),
      var row = try await context.store.buildStep(key: last.diskKey)
    {
      row.layers = squashed
      try await remember(row)
    }
    return squashed
  }
}

/// The directories of `WORKDIR` instructions that nobody has made yet.
///
/// The next step that is executed makes them; those after the last one are left to whoever starts a
/// process there.
struct MissingDirectories {
  private var paths: [String] = []

  mutating func note(_ step: BuildStep) {
    if case .makeDirectory(let path, _) = step.action, !paths.contains(path) { paths.append(path) }
  }

  /// Those to be made, except for one that is made as the command's own.
  mutating func take(besides workingDirectory: String = "/") -> [String] {
    defer { paths = [] }
    return paths.filter { $0 != workingDirectory && $0 != "/" }
  }
}
