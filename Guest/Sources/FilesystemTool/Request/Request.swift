import JSON

/// What the SDK asks for.
enum Request: Equatable {
  case writeFile(AbsolutePath)
  case readFile(AbsolutePath)
  case listFiles(AbsolutePath)
  case stat(AbsolutePath)
  case makeDirectory(AbsolutePath, parents: Bool)
  case remove(AbsolutePath, recursive: Bool)
  case watch(WatchRequest)

  /// The path that it is about.
  var path: AbsolutePath {
    switch self {
    case .writeFile(let path), .readFile(let path), .listFiles(let path), .stat(let path),
      .makeDirectory(let path, _), .remove(let path, _):
      path
    case .watch(let request): request.path
    }
  }

  /// The kinds of error to whose message the SDK adds the path (`sandbox_fs_utils` of 1.6.4).
  var kindsCompletedByTheClient: Set<ErrorKind> {
    switch self {
    case .writeFile: [.notDirectory, .isDirectory, .permissionDenied]
    case .readFile: [.notFound, .isDirectory, .permissionDenied, .fileTooLarge]
    case .listFiles, .stat: [.notFound, .notDirectory, .permissionDenied]
    case .makeDirectory:
      [.notFound, .pathAlreadyExists, .notDirectory, .permissionDenied, .notSupported]
    case .remove: [.notFound, .directoryNotEmpty, .permissionDenied, .notSupported]
    case .watch: [.notFound, .permissionDenied, .notSupported]
    }
  }

  /// Does it.
  func perform(on streams: Streams) throws(FilesystemError) {
    switch self {
    case .writeFile(let path): try FileWriter.write(streams.input, to: path)
    case .readFile(let path): try FileReader.read(path, to: streams.output)
    case .listFiles(let path):
      let entries = try DirectoryListing.entries(of: path).map(\.json)
      try ByteStream.write(JSONValue.array(entries).serialized, to: streams.output)
    case .stat(let path):
      let entry = try FileEntry.describing(path)
      try ByteStream.write(entry.json.serialized, to: streams.output)
    case .makeDirectory(let path, let parents):
      try DirectoryMaker.make(path, parents: parents)
    case .remove(let path, let recursive): try Removal.remove(path, recursive: recursive)
    case .watch(let request):
      var session = try WatchSession(request, streams: streams)
      try session.run()
    }
  }
}

/// The arguments of a watch.
struct WatchRequest: Equatable {
  /// A file or a directory.
  let path: AbsolutePath
  /// Whether to watch all the directories below as well.
  let recursive: Bool
  /// The kinds of event to report.
  let kinds: Set<WatchEvent.Kind>
  /// Seconds until it ends by itself; nil for never.
  let timeout: Double?
}
