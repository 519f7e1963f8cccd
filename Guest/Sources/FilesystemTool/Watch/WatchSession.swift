import Glibc

/// The operation Watch: reports changes line by line until its time is over, its input ends, or
/// what it watches is gone.
struct WatchSession: ~Copyable {
  private let scope: WatchScope
  private let kinds: Set<WatchEvent.Kind>
  private let output: WatchOutput
  /// When to end, in the clock's seconds.
  private let deadline: Double
  private let rootWatch: Int32
  private var tree: WatchedTree
  private var renames = RenamePairs()
  /// Paths in new directories that were reported when the directory was read. The kernel may
  /// tell them again, but not after its queue was empty once.
  private var announced: Set<[UInt8]> = []
  private var hasEnded = false

  /// Starts to watch; from here on, events are kept.
  init(_ request: WatchRequest, streams: Streams) throws(FilesystemError) {
    let scope = try WatchScope(request)
    var tree = try WatchedTree(mask: scope.mask(for: request.kinds))
    let rootWatch = try tree.add(scope.directory)
    if scope.recursive { _ = try tree.addTree(scope.directory) }
    self.scope = scope
    self.rootWatch = rootWatch
    self.tree = tree
    kinds = request.kinds
    output = WatchOutput(streams: streams)
    deadline = request.timeout.map { Self.now + $0 } ?? .infinity
  }

  /// Reports until the end.
  mutating func run() throws(FilesystemError) {
    while !hasEnded {
      let now = Self.now
      for departure in renames.takeExpired(now: now) { try report(departure) }
      guard now < deadline else { return }
      let next = announced.isEmpty ? min(deadline, renames.deadline ?? .infinity) : now
      switch try output.wait(for: tree.number, seconds: next - now) {
      case .stop: return
      case .timeout: announced.removeAll()
      case .events: for event in try tree.events() where !hasEnded { try handle(event) }
      }
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private mutating func report(
    _ kind: WatchEvent.Kind, _ paths: [UInt8]...
  ) throws(FilesystemError) {
    guard kinds.contains(kind), scope.covers(paths), !hasEnded else { return }
    if try !output.write(WatchEvent(kind: kind, paths: paths).line) { hasEnded = true }
  }

  private mutating func handle(_ event: InotifyEvent) throws(FilesystemError) {
    if event.has(IN_Q_OVERFLOW) { return try recoverFromOverflow() }
    guard let directory = tree.path(of: event.watch) else { return }
    if event.name.isEmpty { return try handleDirectoryItself(event) }

    let path = AbsolutePath.join(directory, event.name)
    if event.has(IN_CREATE) {
      try handleCreation(of: path, isDirectory: event.isDirectory)
    } else if event.has(IN_DELETE) {
      announced.remove(path)
      try report(.remove, path)
    } else if event.has(IN_MODIFY | IN_ATTRIB) {
      try report(.modify, path)
    } else if event.has(IN_MOVED_FROM) {
      renames.hold(
        path, cookie: event.cookie, isDirectory: event.isDirectory, now: Self.now)
    } else if event.has(IN_MOVED_TO) {
      try handleArrival(at: path, event)
    } else if event.has(IN_OPEN | IN_CLOSE_WRITE), !event.isDirectory {
      // Directories are opened by every listing, this tool's own among them.
      try report(.access, path)
    }
  }

  /// The parent tells what happens to a directory; only the watched one itself has none.
  private mutating func handleDirectoryItself(_ event: InotifyEvent) throws(FilesystemError) {
    if event.watch == rootWatch, event.has(IN_DELETE_SELF | IN_UNMOUNT) {
      if scope.name == nil { try report(.remove, scope.directory) }
      hasEnded = true
    } else if event.watch == rootWatch, event.has(IN_MOVE_SELF) {
      try report(.renameFrom, scope.path)
      hasEnded = true
    } else if event.has(IN_IGNORED) {
      tree.forget(event.watch)
    }
  }

  private mutating func handleCreation(
    of path: [UInt8], isDirectory: Bool
  ) throws(FilesystemError) {
    guard announced.remove(path) == nil else { return }
    try report(.create, path)
    guard isDirectory, scope.recursive else { return }
    for found in try tree.addTree(path) {
      announced.insert(found)
      try report(.create, found)
    }
  }

  private mutating func handleArrival(
    at path: [UInt8], _ event: InotifyEvent
  ) throws(FilesystemError) {
    let follows = event.isDirectory && scope.recursive
    if let departure = renames.take(cookie: event.cookie) {
      if follows { tree.moveTree(from: departure.path, to: path) }
      try report(.rename, departure.path, path)
    } else {
      if follows { _ = try tree.addTree(path) }
      try report(.renameTo, path)
    }
  }

  private mutating func report(_ departure: RenamePairs.Departure) throws(FilesystemError) {
    if departure.isDirectory, scope.recursive { tree.removeTree(departure.path) }
    try report(.renameFrom, departure.path)
  }

  /// The kernel's queue was full and events are lost: the user is told that anything may have
  /// changed, and directories that appeared meanwhile are watched from now on.
  private mutating func recoverFromOverflow() throws(FilesystemError) {
    if scope.recursive { _ = try tree.addTree(scope.directory) }
    try report(.unknown, scope.path)
  }
}
