import FilesystemTool
import Foundation
import JSON

/// A directory of its own for one test, with the tool to work in it.
final class Workspace {
  let url: URL

  init() throws {
    let name = "filesystem-tool-\(UUID().uuidString)"
    url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String { name.isEmpty ? url.path : url.path + "/" + name }

  func make(_ name: String, _ content: String = "") throws {
    try Data(content.utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  func makeDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path(name), withIntermediateDirectories: true)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: path(name), withDestinationPath: target)
  }

  func content(_ name: String) throws -> String {
    try String(contentsOf: URL(fileURLWithPath: path(name)), encoding: .utf8)
  }

  /// Whether there is something by that name, a broken link included.
  func exists(_ name: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path(name))) != nil
  }

  /// Runs an operation on a path of this directory.
  func run(
    _ operation: String, _ name: String, _ more: [JSONValue.Member] = [], input: Data = Data()
  ) throws -> ToolResult {
    let arguments = JSONValue.object([.init("path", .string(path(name)))] + more)
    let argument = JSONValue.object([.init(operation, arguments)])
    return try ToolResult.of([String(decoding: argument.serialized, as: UTF8.self)], input: input)
  }
}

/// What the tool did.
struct ToolResult {
  let code: Int32
  let output: Data
  let errors: Data

  /// Runs the tool with files as its streams.
  static func of(_ arguments: [String], input: Data = Data()) throws -> ToolResult {
    let files = try Workspace()
    try input.write(to: URL(fileURLWithPath: files.path("input")))
    try files.make("output")
    try files.make("errors")
    let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: files.path("input")))
    let output = try FileHandle(forUpdating: URL(fileURLWithPath: files.path("output")))
    let errors = try FileHandle(forUpdating: URL(fileURLWithPath: files.path("errors")))
    let code = FilesystemTool.run(
      arguments: arguments,
      streams: Streams(
        input: input.fileDescriptor, output: output.fileDescriptor,
        errors: errors.fileDescriptor))
    try output.seek(toOffset: 0)
    try errors.seek(toOffset: 0)
    return ToolResult(
      code: code, output: try output.readToEnd() ?? Data(),
      errors: try errors.readToEnd() ?? Data())
  }

  /// The value on standard output.
  var value: JSONValue? { try? JSONValue(parsing: output) }

  /// Whether it succeeded without a word on standard error.
  var succeeded: Bool { code == 0 && errors.isEmpty }

  /// The kind of the error report; nil unless it failed in the proper form.
  var errorKind: String? {
    guard code == 1, output.isEmpty, let report = try? JSONValue(parsing: errors),
      report["version"] == .integer(1), case .string(let message)? = report["message"],
      !message.isEmpty, case .string(let kind)? = report["error_kind"]
    else { return nil }
    return kind
  }

  /// The message of the error report.
  var message: String? {
    guard case .string(let message)? = (try? JSONValue(parsing: errors))?["message"] else {
      return nil
    }
    return message
  }
}
