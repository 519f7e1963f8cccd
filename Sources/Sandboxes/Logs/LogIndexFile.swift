import SystemPackage

/// The index of a log that is being written: records of its runs, the oldest of which go when there
/// are too many.
struct LogIndexFile {
  private static let slack: Int64 = 4 << 20

  private let path: FilePath
  private let limit: Int64
  private var file: SpoolFile?
  private var length: Int64 = 0
  private var first: Int64 = 0

  /// An index at a path; made at the first run where there is none.
  init(path: FilePath, limit: Int64) {
    self.path = path
    self.limit = limit
  }

  /// Adds a run behind those that are there. Throws `Errno`.
  mutating func append(_ run: LogRun) throws {
    let file = try opened()
    _ = try run.record.withUnsafeBytes {
      try file.descriptor.writeAll(toAbsoluteOffset: length, $0)
    }
    length += Int64(LogRun.size)
    guard length - first > limit + Self.slack else { return }
    let head = FileHole.aligned(length - limit)
    try FileHole.punch(file.descriptor, from: first, to: head)
    first = head
  }

  private mutating func opened() throws -> SpoolFile {
    if let file { return file }
    let file = SpoolFile(
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .closeOnExec], permissions: .ownerReadWrite))
    let size = try file.descriptor.seek(offset: 0, from: .end)
    // A record that a crash has cut off is written over.
    length = size / Int64(LogRun.size) * Int64(LogRun.size)
    self.file = file
    return file
  }
}
