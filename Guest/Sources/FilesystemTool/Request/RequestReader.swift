import JSON

extension Request {
  /// Reads the tool's argument. Keys that it does not know are left alone: a later SDK may add
  /// some.
  init(parsing argument: String) throws(FilesystemError) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: argument.utf8)
    } catch {
      throw FilesystemError(.invalidArgument, "The argument is not JSON: \(error.description)")
    }
    guard case .object(let members) = document, members.count == 1, let member = members.first
    else {
      throw FilesystemError(
        .invalidArgument, "The argument must be an object with one key, the operation")
    }
    self = try Self.operation(OperationArguments(operation: member.name, value: member.value))
  }

  private static func operation(
    _ arguments: OperationArguments
  ) throws(FilesystemError) -> Request {
    switch arguments.operation {
    case "WriteFile": .writeFile(try arguments.path())
    case "ReadFile": .readFile(try arguments.path())
    case "ListFiles": .listFiles(try arguments.path())
    case "Stat": .stat(try arguments.path())
    case "MakeDirectory":
      .makeDirectory(try arguments.path(), parents: try arguments.flag("parents"))
    case "Remove":
      .remove(try arguments.path(), recursive: try arguments.flag("recursive"))
    case "Watch":
      .watch(
        WatchRequest(
          path: try arguments.path(), recursive: try arguments.flag("recursive"),
          kinds: try arguments.eventKinds(), timeout: try arguments.seconds("timeout_secs")))
    default:
      throw FilesystemError(.invalidArgument, "Unknown operation \"\(arguments.operation)\"")
    }
  }
}

/// The named arguments of one operation.
struct OperationArguments {
  let operation: String
  let value: JSONValue

  func path() throws(FilesystemError) -> AbsolutePath {
    guard case .string(let text) = try required("path") else {
      throw fault("path", "a string")
    }
    guard let path = AbsolutePath(text.utf8) else {
      throw fault("path", "an absolute path without NUL, not \"\(text)\"")
    }
    return path
  }

  func flag(_ name: String) throws(FilesystemError) -> Bool {
    guard case .bool(let flag) = try required(name) else { throw fault(name, "true or false") }
    return flag
  }

  /// A number of seconds; nil when it is missing or null.
  func seconds(_ name: String) throws(FilesystemError) -> Double? {
    let seconds: Double? =
      switch value[name] {
      case nil, .null: nil
      case .integer(let count): Double(count)
      case .number(let number): number
      default: throw fault(name, "a number of seconds or null")
      }
    if let seconds, seconds < 0 { throw fault(name, "not negative") }
    return seconds
  }

  /// The filter of a watch; every kind when it is missing or null.
  func eventKinds() throws(FilesystemError) -> Set<WatchEvent.Kind> {
    switch value["filter"] {
    case nil, .null: return Set(WatchEvent.Kind.allCases)
    case .array(let elements):
      var kinds: Set<WatchEvent.Kind> = []
      for element in elements {
        guard case .string(let name) = element, let kind = WatchEvent.Kind(rawValue: name) else {
          throw fault("filter", "a list of known event types")
        }
        kinds.insert(kind)
      }
      return kinds
    default: throw fault("filter", "a list of event types or null")
    }
  }

  private func required(_ name: String) throws(FilesystemError) -> JSONValue {
    guard case .object = value else {
      throw FilesystemError(.invalidArgument, "\(operation) takes an object of arguments")
    }
    guard let argument = value[name] else {
      throw FilesystemError(.invalidArgument, "\(operation) lacks the argument \"\(name)\"")
    }
    return argument
  }

  private func fault(_ name: String, _ expected: String) -> FilesystemError {
    FilesystemError(.invalidArgument, "\"\(name)\" of \(operation) must be \(expected)")
  }
}
