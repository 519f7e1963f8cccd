import Glibc

/// The kinds of files that are copied in ways of their own.
enum FileKind {
  case regular
  case directory
  case link
  /// A device, a pipe or a socket.
  case special
}

extension stat {
  var kind: FileKind {
    switch st_mode & S_IFMT {
    case S_IFREG: .regular
    case S_IFDIR: .directory
    case S_IFLNK: .link
    default: .special
    }
  }
}
