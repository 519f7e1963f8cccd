import Dockerfile
import Machines

/// What the guest's copy tool is asked for: the JSON that is its only argument.
struct CopyRequest: Codable, Sendable, Equatable {
  /// Where the tool is in every machine.
  static let tool = "/__modal/.bin/sandlot-copy"

  /// The directory that paths of sources are seen from, and never leave.
  var sourceRoot = FilesDisk.directory
  /// Patterns.
  var sources: [String]
  /// An absolute path; a slash at its end makes it a directory.
  var destination: String
  /// As `--chown` has it; empty means root.
  var owner: String
  /// Octal digits; nil keeps the modes.
  var mode: String?
  /// Patterns of what is left out.
  var excludes: [String]
  /// Whether the directories above each source are made too.
  var keepsParents: Bool
  /// Whether the files are a client's: they become root's then, and directories that exist already
  /// keep their attributes.
  var isContext: Bool

  private enum CodingKeys: String, CodingKey {
    case sourceRoot = "source_root"
    case sources, destination, owner, mode, excludes
    case keepsParents = "keep_parents"
    case isContext = "from_context"
  }

  init(_ command: CopyCommand) {
    sources = command.sources
    isContext = true
    switch command.source {
    case .context, .url: break
    // A here-document names its files itself.
    case .inline(let files): sources = files.map(\.name)
    case .stage, .image: isContext = false
    }
    destination = command.destination
    owner = command.owner
    mode = command.mode
    excludes = command.excludes
    keepsParents = command.keepsParents
  }
}
