/// What the server asks `sandlot-unpack` to do: JSON on its standard input.
public struct UnpackRequest: Codable, Sendable, Equatable {
  /// A compressed layer.
  public struct Layer: Codable, Sendable, Equatable {
    /// The file.
    public var blob: String
    /// The digest of its content, `sha256:…`; nil where nobody has said it.
    public var diffID: String?

    /// A layer.
    public init(blob: String, diffID: String?) {
      self.blob = blob
      self.diffID = diffID
    }
  }

  /// A raw image of an ext4 file system, or where `storage` is given an empty file, which that
  /// program lets stand for one.
  public var disk: String
  /// An existing directory to mount it on.
  public var directory: String
  /// The command, its program's path first, that makes `disk` of other files.
  public var storage: [String]?
  /// The bytes of the disk, by which it is known that `storage` has made it.
  public var diskBytes: Int64
  /// The layers to unpack, lowest first.
  public var layers: [Layer]
  /// How many entries the layers may have together.
  public var maximumEntries: Int
  /// How many bytes the layers may have together, unpacked.
  public var maximumBytes: Int64

  /// A request.
  public init(
    disk: String, directory: String, storage: [String]?, diskBytes: Int64, layers: [Layer],
    maximumEntries: Int, maximumBytes: Int64
  ) {
    self.disk = disk
    self.directory = directory
    self.storage = storage
    self.diskBytes = diskBytes
    self.layers = layers
    self.maximumEntries = maximumEntries
    self.maximumBytes = maximumBytes
  }
}

/// What came of it: JSON, the last line of its standard output.
public struct UnpackResult: Codable, Sendable, Equatable {
  /// Why nothing came of it.
  public struct Failure: Error, Codable, Sendable, Equatable {
    /// Whose fault it is.
    public enum Kind: String, Codable, Sendable {
      /// The layers hold what is refused.
      case refused
      /// The layers are more than is allowed, or than the disk has room for.
      case tooMuch
      /// The host does not do what it must.
      case host
    }

    /// Whose fault it is.
    public var kind: Kind
    /// What happened, one sentence.
    public var message: String

    /// A failure.
    public init(_ kind: Kind, _ message: String) {
      self.kind = kind
      self.message = message
    }
  }

  /// The entries of all layers.
  public var entries: Int
  /// Their bytes, unpacked.
  public var bytes: Int64
  /// What could not be restored, a few sentences of it.
  public var warnings: [String]
  /// Why nothing came of it.
  public var failure: Failure?

  /// A result.
  public init(entries: Int, bytes: Int64, warnings: [String], failure: Failure? = nil) {
    self.entries = entries
    self.bytes = bytes
    self.warnings = warnings
    self.failure = failure
  }
}
