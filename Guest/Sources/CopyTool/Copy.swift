import CLinux
import CopyPatterns
import FilesystemTool
import Glibc

/// The execution of one request.
struct Copy {
  private let request: CopyRequest
  private let source: Root
  private let patterns: [SourcePattern]
  private let writer: TreeWriter
  private let destination: [[UInt8]]
  /// Whether the destination is a directory by its spelling.
  private let needsDirectory: Bool

  init(_ request: CopyRequest, from source: Root, to target: Root) throws(CopyFailure) {
    self.request = request
    self.source = source
    let excludes: ExcludePatterns
    do throws(PatternError) {
      patterns = try request.sources.map { text throws(PatternError) in try SourcePattern(text) }
      excludes = try ExcludePatterns(request.excludes)
    } catch {
      throw CopyFailure(error.description)
    }
    destination = request.destination.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
    needsDirectory = request.destination.hasSuffix("/")
    let owner = request.owner.isEmpty ? nil : try Owner(request.owner, in: target)
    writer = TreeWriter(
      root: target,
      attributes: Attributes(
        owner: owner ?? (request.isContext ? .root : nil), mode: request.mode),
      given: Attributes(owner: owner, mode: request.mode),
      keepsDirectories: request.isContext, excludes: excludes)
  }

  func run() throws(CopyFailure) {
    for pattern in patterns {
      let matches = try SourceSearch(source: source, pattern: pattern).matches()
      guard matches.count <= 1 || needsDirectory || request.keepsParents else {
        throw CopyFailure(
          "“\(pattern.source)” is \(matches.count) files, which need a directory as their "
            + "destination: write “\(request.destination)/”")
      }
      for match in matches {
        if request.keepsParents {
          try copyWithParents(match, of: pattern)
        } else {
          try copy(match, of: pattern)
        }
      }
    }
  }

  /// Copies what a path leads to, a directory's content or a file; links are followed.
  private func copy(_ match: [[UInt8]], of pattern: SourcePattern) throws(CopyFailure) {
    let path = joined(match)
    guard let found = try source.openIfPresent(path, CLINUX_O_PATH) else {
      throw CopyFailure("“\(pattern.source)” is not there to be copied")
    }
    let status = try naming(path) { () throws(FilesystemError) in try found.status() }
    if status.kind == .directory {
      let directory = try source.open(path, O_RDONLY | O_DIRECTORY)
      let target = try writer.makeDirectory(destination)
      try writer.copyContent(of: directory.number, to: target.number, Place(names: destination))
    } else if let name = match.last, !writer.isExcluded([name]) {
      try copyFile(status, path, called: name)
    }
  }

  private func copyFile(
    _ status: stat, _ path: [UInt8], called name: [UInt8]
  ) throws(CopyFailure) {
    var names = destination
    var isDirectory = needsDirectory
    if !isDirectory { isDirectory = try writer.isDirectory(names) }
    if isDirectory { names.append(name) }
    guard let targetName = names.last else { return }
    let parent = try writer.makeDirectory(names.dropLast())
    let place = Place(names: names)
    guard status.kind == .regular else {
      return try writer.makeSpecialFile(status, targetName, in: parent.number, place)
    }
    let file = try source.open(path, O_RDONLY | O_NONBLOCK)
    try writer.copyFile(file.number, status, to: targetName, in: parent.number, place)
  }

  /// Copies what a path names with the directories above it; links stay links.
  private func copyWithParents(
    _ match: [[UInt8]], of pattern: SourcePattern
  ) throws(CopyFailure) {
    var target = try writer.makeDirectory(destination)
    var place = Place(names: destination)
    var directory = try source.open(
      joined(Array(match.prefix(pattern.pivot))), O_RDONLY | O_DIRECTORY)
    let own = match.dropFirst(pattern.pivot)
    guard let last = own.last else {
      return try writer.copyContent(of: directory.number, to: target.number, place)
    }
    for name in own.dropLast() {
      place.descend(to: name)
      guard let below = try writer.openDirectory(name, in: directory.number, place) else {
        throw CopyFailure("“\(pattern.source)” is not there to be copied")
      }
      directory = below
      let made = try writer.makeDirectory(name, in: target.number, place)
      try writer.finishDirectory(made, from: directory.number, place)
      target = made.intoDescriptor()
    }
    place.descend(to: last)
    let isThere = try writer.copyEntry(last, of: directory.number, to: target.number, place)
    guard isThere else { throw CopyFailure("“\(pattern.source)” is not there to be copied") }
  }
}
