/// An absolute path without repeated slashes, `.` components and a slash at the end.
///
/// `..` stays: what it means depends on symbolic links. Bytes, not text: two file names may be
/// different although Unicode holds them for equal.
struct AbsolutePath: Equatable, CustomStringConvertible {
  /// The components between the slashes; none for the root.
  let components: [[UInt8]]
  /// Whether it was written with a slash or `.` at its end, which only fits a directory.
  let requiresDirectory: Bool

  /// Takes the text apart; nil unless it starts with a slash and contains no NUL.
  init?(_ text: some Sequence<UInt8>) {
    let bytes = Array(text)
    guard bytes.first == UInt8(ascii: "/"), !bytes.contains(0) else { return nil }
    let dot = [UInt8(ascii: ".")]
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    components = parts.map(Array.init).filter { !$0.isEmpty && $0 != dot }
    requiresDirectory = parts.last.map { $0.isEmpty || Array($0) == dot } ?? false
  }

  private init(components: [[UInt8]]) {
    self.components = components
    requiresDirectory = true
  }

  var isRoot: Bool { components.isEmpty }

  /// The last component; nil for the root.
  var name: [UInt8]? { components.last }

  /// The directory that the last component is in.
  var parent: AbsolutePath { AbsolutePath(components: components.dropLast()) }

  /// The normal form, without a slash at the end.
  var bytes: [UInt8] {
    components.isEmpty ? [UInt8(ascii: "/")] : components.flatMap { [UInt8(ascii: "/")] + $0 }
  }

  /// The form for system calls: with a slash at the end if that was asked for, so that the
  /// kernel refuses what is no directory.
  var strictBytes: [UInt8] {
    requiresDirectory && !isRoot ? bytes + [UInt8(ascii: "/")] : bytes
  }

  /// The directories from the root's child down to this path.
  var ancestors: [AbsolutePath] {
    (1..<max(components.count, 1)).map { AbsolutePath(components: Array(components.prefix($0))) }
  }

  /// The path as text; bytes that are not UTF-8 are replaced.
  var description: String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes of the entry `name` in the directory `directory`.
  static func join(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    return directory.last == slash ? directory + name : directory + [slash] + name
  }
}
