import JSON

/// One change that a watch reports.
struct WatchEvent: Equatable {
  /// What happened, in the SDK's words. It shows the three kinds of renaming as `Modify`.
  enum Kind: String, CaseIterable {
    case create = "Create"
    /// Content or metadata changed.
    case modify = "Modify"
    case remove = "Remove"
    /// Opened, or closed after writing.
    case access = "Access"
    /// Events were lost: anything may have changed.
    case unknown = "Unknown"
    /// Renamed from the first path to the second.
    case rename = "Rename"
    /// Renamed to somewhere that is not watched.
    case renameFrom = "RenameFrom"
    /// Renamed from somewhere that is not watched.
    case renameTo = "RenameTo"
  }

  let kind: Kind
  /// One path; two for `rename`.
  let paths: [[UInt8]]

  /// The event as one line of output.
  var line: [UInt8] {
    let paths = paths.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
    let object = JSONValue.object([
      .init("event_type", .string(kind.rawValue)), .init("paths", .array(paths)),
    ])
    return object.serialized + [UInt8(ascii: "\n")]
  }
}
