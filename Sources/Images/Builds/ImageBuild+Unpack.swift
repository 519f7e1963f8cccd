import CopyPatterns
import Dockerfile
import Errors
import Foundation
import Machines
import Mounts

extension ImageBuild {
  /// How a copy of a client's files is carried out: in one go, or with an `ADD` of archives one source
  /// after the other.
  func jobs(of command: CopyCommand, from tree: FileTree) async throws -> [CopyJob] {
    let start = context.now()
    let archive = try await context.mounts.archive(of: tree)
    let seconds = context.now().timeIntervalSince(start)
    journal.append(
      "Packed \(tree.entries.count) files, \(tree.size >> 20) MiB, in "
        + "\(String(format: "%.1f", seconds)) s\n")
    let whole = CopyJob(disk: .archive(archive), request: CopyRequest(command))
    guard command.unpacksArchives else { return [whole] }
    var jobs: [CopyJob] = []
    var hasArchives = false
    for source in try CopySelection(command).topMatches(in: tree) {
      let file = tree.entries.first { $0.path == "/" + source }
      if let file, let archive = try await context.mounts.archive(unpacking: file) {
        hasArchives = true
        jobs.append(CopyJob(disk: .archive(archive), request: CopyRequest(unpacking: command)))
      } else {
        var job = whole
        job.request.sources = [PathPattern.escaped(source)]
        jobs.append(job)
      }
    }
    return hasArchives ? jobs : [whole]
  }
}

extension CopyRequest {
  /// The content of an archive, which keeps its owners and modes, to be copied into a directory.
  fileprivate init(unpacking command: CopyCommand) {
    self.init(command)
    sources = ["."]
    destination = command.destination.hasSuffix("/") ? destination : destination + "/"
    mode = nil
    excludes = []
    isContext = false
  }
}
