import SystemPackage

/// A log on the disk.
struct LogPlace: Sendable {
  /// The sandbox.
  var sandboxID: String
  /// The directory of its files.
  var path: FilePath
}

/// Reads one log's index and lines, also while it is written.
struct LogReader {
  private let directory: FilePath
  private let index: SpoolFile
  /// The runs that there were when it was opened, by number.
  private let runs: Range<Int64>
  private var files: [LogSource: SourceFile] = [:]
  private var block: (first: Int64, bytes: [UInt8]) = (0, [])

  private static let blockRuns: Int64 = 2048

  private struct SourceFile {
    var file: SpoolFile
    /// What is before this offset is gone.
    var first: Int64
  }

  /// Opens the log of a directory; nil where it holds none (any more).
  init?(_ place: LogPlace) throws {
    directory = place.path
    guard let index = try Self.open(directory.appending("index")) else { return nil }
    self.index = index
    let size = try index.descriptor.seek(offset: 0, from: .end)
    let record = Int64(LogRun.size)
    let first = try FileHole.firstData(of: index.descriptor)
    runs = min(first / record, size / record)..<(size / record)
  }

  /// The runs of these times, the oldest first or the newest first, until `body` says that it has
  /// enough.
  mutating func forEachRun(
    of query: LogQuery, newestFirst: Bool = false, _ body: (inout LogReader, LogRun) throws -> Bool
  ) throws {
    let lower = try firstRun(at: query.since)
    let upper = query.until == .max ? runs.upperBound : try firstRun(at: query.until)
    var number = newestFirst ? upper - 1 : lower
    while number >= lower, number < upper {
      if let run = try run(number, forwards: !newestFirst), query.sources.contains(run.source) {
        guard try body(&self, run) else { return }
      }
      number += newestFirst ? -1 : 1
    }
  }

  /// The bytes of a run; nil where they are gone.
  mutating func bytes(of run: LogRun) throws -> [UInt8]? {
    guard let source = try file(of: run.source), run.offset >= source.first else { return nil }
    let bytes = try [UInt8](unsafeUninitializedCapacity: run.length) { buffer, count in
      count = try source.file.descriptor.read(
        fromAbsoluteOffset: run.offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
    // They may have gone while they were read.
    let first = try FileHole.firstData(of: source.file.descriptor)
    return bytes.count == run.length && run.offset >= first ? bytes : nil
  }

  /// Whether the bytes of a run are there.
  mutating func has(_ run: LogRun) throws -> Bool {
    guard let source = try file(of: run.source) else { return false }
    return run.offset >= source.first
  }

  private mutating func file(of source: LogSource) throws -> SourceFile? {
    if let file = files[source] { return file }
    guard let file = try Self.open(directory.appending(source.fileName)) else { return nil }
    let opened = SourceFile(file: file, first: try FileHole.firstData(of: file.descriptor))
    files[source] = opened
    return opened
  }

  /// The number of the first run of a time or later.
  private mutating func firstRun(at time: Int64) throws -> Int64 {
    var (lower, upper) = (runs.lowerBound, runs.upperBound)
    while lower < upper {
      let middle = (lower + upper) / 2
      let isEarlier = try run(middle, forwards: true).map { $0.time < time } ?? true
      if isEarlier { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  /// A run by its number, from a block that is read with it.
  private mutating func run(_ number: Int64, forwards: Bool) throws -> LogRun? {
    let size = LogRun.size
    var place = Int(number - block.first) * size
    if place < 0 || place + size > block.bytes.count {
      let first = forwards ? number : max(runs.lowerBound, number - Self.blockRuns + 1)
      let count = Int(min(Self.blockRuns, runs.upperBound - first)) * size
      let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
        read = try index.descriptor.read(
          fromAbsoluteOffset: first * Int64(size), into: UnsafeMutableRawBufferPointer(buffer))
      }
      block = (first, bytes)
      place = Int(number - first) * size
      guard place + size <= bytes.count else { return nil }
    }
    return block.bytes.withUnsafeBytes {
      LogRun(UnsafeRawBufferPointer(rebasing: $0[place..<place + size]))
    }
  }

  private static func open(_ path: FilePath) throws -> SpoolFile? {
    do {
      return SpoolFile(try FileDescriptor.open(path, .readOnly, options: .closeOnExec))
    } catch Errno.noSuchFileOrDirectory {
      return nil
    }
  }
}
