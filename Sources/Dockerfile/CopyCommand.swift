/// A `COPY` or `ADD` with every variable put in: files from one place, to be copied into the image.
///
/// An instruction that takes files from several places, as a here-document beside a path, gives one
/// step for each.
public struct CopyCommand: Sendable, Equatable {
  /// Where the files come from.
  public let source: Source
  /// Which files: patterns of Go's `path.Match`, seen from the root of the source, without a slash
  /// at the start; `.` is the root. With ``keepsParents`` one may have a `/./` in it: only what
  /// follows that is made in the destination.
  public let sources: [String]
  /// The absolute path in the image. A slash at its end, which is kept, makes it a directory.
  public let destination: String
  /// As `--chown` has it, a name or number and perhaps a group; empty means root.
  public let owner: String
  /// As `--chmod` has it, in octal digits; nil keeps the modes.
  public let mode: String?
  /// Whether archives among the sources are unpacked: `ADD` does that.
  public let unpacksArchives: Bool
  /// Patterns of files that are left out, as `--exclude` has them.
  public let excludes: [String]
  /// Whether the directories above each source are made in the destination: `--parents`.
  public let keepsParents: Bool

  /// Where a copy takes its files from.
  public enum Source: Sendable, Equatable {
    /// The build's context.
    case context
    /// The disk of a stage of this Dockerfile, by ``BuildStage/index``.
    case stage(Int)
    /// The disk of an image.
    case image(String)
    /// The file that an address of `http` or `https` has, with the checksum, `sha256:…`, that it has
    /// to have. ``CopyCommand/sources`` has its name; its mode is 600 unless one is given.
    case url(String, checksum: String?)
    /// Files that the Dockerfile has in it, as here-documents; their mode is 644 unless one is
    /// given.
    case inline([InlineFile])
  }

  /// A file of a here-document.
  public struct InlineFile: Sendable, Equatable {
    /// Its name, without directories.
    public let name: String
    /// What is in it.
    public let content: String

    /// A file.
    public init(name: String, content: String) {
      self.name = name
      self.content = content
    }
  }
}
