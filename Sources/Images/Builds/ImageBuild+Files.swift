import Dockerfile
import Errors
import Machines
import Mounts

/// One call of the copy tool: a disk of files, and what to do with it.
struct CopyJob: Sendable {
  let disk: FilesDisk
  var request: CopyRequest
}

extension ImageBuild {
  /// The layers of a stage's base; fetches them where they are not there.
  func layers(
    of base: BuildPlan.Base, _ disks: inout StageDisks
  ) async throws -> [String] {
    switch base {
    case .layers(let names): return names
    case .stage(let place): return try await disk(of: place, &disks)
    case .resolved(let resolved):
      return try await context.bases.layers(of: resolved) { [journal] sentence in
        journal.append(sentence + "\n")
      }
    }
  }

  /// What is to be copied in a step, with the disks that have it.
  func jobs(of step: BuildPlan.Step, _ disks: inout StageDisks) async throws -> [CopyJob] {
    guard case .copy(let command) = step.step.action, let files = step.files else { return [] }
    switch files {
    case .tree(let tree):
      return try await jobs(of: command, from: tree)
    case .base(let base):
      let layers = try await layers(of: base, &disks)
      return [
        CopyJob(
          disk: .layers(context.layers.paths(layers)),
          request: CopyRequest(command))
      ]
    case .download(let download):
      let layers = try await layers(of: download)
      var request = CopyRequest(command)
      request.sources = command.sources.map { "\(Download.directory)/\($0)" }
      return [CopyJob(disk: .layers(context.layers.paths(layers)), request: request)]
    }
  }
}
