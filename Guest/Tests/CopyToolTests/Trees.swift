import CLinux
import CopyTool
import Glibc
import Testing

/// A source and a destination in a directory of their own, which goes with this.
final class Trees {
  let directory: String
  var source: String { directory + "/source" }
  var target: String { directory + "/target" }

  init() throws {
    var template = Array("/tmp/copy-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    mkdir(source, 0o755)
    mkdir(target, 0o755)
  }

  deinit { Shell.run("rm -rf \(directory)") }

  /// Makes files in the source by a shell script.
  func make(_ script: String) throws {
    try #require(Shell.run("set -e; cd \(source); umask 022; \(script)") == 0)
  }

  /// Makes files in the destination by a shell script.
  func prepare(_ script: String) throws {
    try #require(Shell.run("set -e; cd \(target); umask 022; \(script)") == 0)
  }

  /// Copies; the result is the failure's message, empty for none.
  @discardableResult
  func copy(
    _ sources: [String], to destination: String, owner: String = "", mode: UInt32? = nil,
    excludes: [String] = [], keepsParents: Bool = false, isContext: Bool = false
  ) -> String {
    do throws(CopyFailure) {
      try CopyTool.run(
        CopyRequest(
          sourceRoot: source, sources: sources, destination: destination, owner: owner, mode: mode,
          excludes: excludes, keepsParents: keepsParents, isContext: isContext),
        into: Root(opening: target))
      return ""
    } catch {
      return error.message
    }
  }

  /// What a shell script in the destination prints.
  func look(_ script: String) -> [String] {
    Shell.output("cd \(target) && \(script)").split(separator: "\n").map(String.init)
  }

  /// The paths below the destination, sorted.
  var paths: [String] { look("find . -mindepth 1 -printf '%P\\n' | LC_ALL=C sort") }
}

/// Runs scripts, for what is to be tested to be made and looked at by other programs.
enum Shell {
  @discardableResult
  static func run(_ script: String) -> Int32 {
    clinux_exit_code(system(script))
  }

  static func output(_ script: String) -> String {
    guard let stream = popen(script, "r") else { return "" }
    defer { pclose(stream) }
    var bytes: [UInt8] = []
    while true {
      let byte = fgetc(stream)
      if byte == EOF { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(UInt8(byte))
    }
  }
}
