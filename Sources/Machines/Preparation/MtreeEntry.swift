import SystemPackage

/// One file of an archive to be made, as mtree(5) describes it.
package enum MtreeEntry: Sendable, Equatable {
  case directory(String)
  case device(String, mode: String, major: Int, minor: Int)
  case file(String, mode: String, content: FilePath)

  /// The specification of an archive with these entries, all owned by root and of one time, in seconds
  /// since 1970.
  package static func text(of entries: [MtreeEntry], time: Int = 0) -> String {
    "#mtree\n/set uid=0 gid=0 time=\(time)\n" + entries.map { $0.line + "\n" }.joined()
  }

  private var line: String {
    switch self {
    case .directory(let path):
      "./\(Self.escaped(path)) type=dir mode=0755"
    case .device(let path, let mode, let major, let minor):
      "./\(Self.escaped(path)) type=char device=native,\(major),\(minor) mode=\(mode)"
    case .file(let path, let mode, let content):
      "./\(Self.escaped(path)) type=file mode=\(mode) contents=\(Self.escaped(content.string))"
    }
  }

  /// Blanks and other special bytes as `\ooo`, three octal digits.
  private static func escaped(_ text: String) -> String {
    let plain = Set("/._-+,:@".utf8)
    return text.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      if plain.contains(byte) || scalar.properties.isAlphabetic && scalar.isASCII
        || scalar.properties.numericType != nil && scalar.isASCII
      {
        return String(scalar)
      }
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }.joined()
  }
}
