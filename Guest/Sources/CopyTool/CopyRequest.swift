import JSON

/// What to copy, as a JSON object with these members.
package struct CopyRequest {
  /// `source_root`: the directory that sources are seen from; they cannot lead out of it.
  package var sourceRoot: String
  /// `sources`: patterns of Go's `path.Match`, without a slash at the start; `.` is the root.
  package var sources: [String]
  /// `destination`: an absolute path; a slash at its end makes it a directory.
  package var destination: String
  /// `owner`: as `--chown` has it; empty leaves it to ``isContext``.
  package var owner: String
  /// `mode`: octal digits; missing keeps the modes.
  package var mode: UInt32?
  /// `excludes`: patterns of what is left out, seen from the directory that is copied.
  package var excludes: [String]
  /// `keep_parents`: whether the directories above a source are made in the destination.
  package var keepsParents: Bool
  /// `from_context`: whether the source is a client's files. They become root's, and directories
  /// that exist already keep their attributes: a client has sent none.
  package var isContext: Bool

  /// A request.
  package init(
    sourceRoot: String, sources: [String], destination: String, owner: String = "",
    mode: UInt32? = nil, excludes: [String] = [], keepsParents: Bool = false,
    isContext: Bool = false
  ) {
    self.sourceRoot = sourceRoot
    self.sources = sources
    self.destination = destination
    self.owner = owner
    self.mode = mode
    self.excludes = excludes
    self.keepsParents = keepsParents
    self.isContext = isContext
  }
}

extension CopyRequest {
  /// Reads the JSON object.
  init(parsing text: String) throws(CopyFailure) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: text.utf8)
    } catch {
      throw CopyFailure("the request cannot be read: \(error.message)")
    }
    let fields = Fields(document: document)
    self.init(
      sourceRoot: try fields.text("source_root"), sources: try fields.texts("sources"),
      destination: try fields.text("destination"), owner: try fields.text("owner", or: ""),
      excludes: try fields.texts("excludes", or: []), keepsParents: fields.flag("keep_parents"),
      isContext: fields.flag("from_context"))
    let digits = try fields.text("mode", or: "")
    if !digits.isEmpty {
      guard let value = UInt32(digits, radix: 8), value <= 0o7777 else {
        throw CopyFailure("the mode “\(digits)” is not octal")
      }
      mode = value
    }
    guard destination.hasPrefix("/") else {
      throw CopyFailure("the destination “\(destination)” is not absolute")
    }
  }
}

/// The members of a request.
private struct Fields {
  let document: JSONValue

  func text(_ name: String, or fallback: String? = nil) throws(CopyFailure) -> String {
    switch document[name] {
    case .string(let text): return text
    case nil, .null:
      guard let fallback else { throw CopyFailure("the request lacks “\(name)”") }
      return fallback
    default: throw CopyFailure("“\(name)” is no text")
    }
  }

  func texts(_ name: String, or fallback: [String]? = nil) throws(CopyFailure) -> [String] {
    guard case .array(let values) = document[name] else {
      guard let fallback, document[name] == nil else {
        throw CopyFailure("the request lacks a list “\(name)”")
      }
      return fallback
    }
    return try values.map { value throws(CopyFailure) in
      guard case .string(let text) = value else {
        throw CopyFailure("“\(name)” is no list of texts")
      }
      return text
    }
  }

  func flag(_ name: String) -> Bool { document[name] == .bool(true) }
}
