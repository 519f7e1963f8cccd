import CLinux
import Glibc

/// What the processes of another machine have left in `/run` of the image's disk.
///
/// An ordinary boot finds it empty. Here it is a directory of the image, where programs look for what the
/// image put there; but a file with the number of a process, or a socket, is of a machine that is no more.
/// A program that finds one waits for somebody, or takes a process that happens to have the number for
/// itself and does not start, as dockerd does after a snapshot.
package enum StaleFiles {
  /// Removes sockets and process id files below a directory. What cannot be removed stays.
  package static func remove(below directory: String) {
    var paths: [UnsafeMutablePointer<CChar>?] = [strdup(directory), nil]
    defer { free(paths[0]) }
    // Links are not followed, and nothing is left that other file systems hold.
    guard let tree = fts_open(&paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, nil) else { return }
    defer { fts_close(tree) }
    while let entry = fts_read(tree) {
      guard let path = entry.pointee.fts_path, let status = entry.pointee.fts_statp else {
        continue
      }
      if isStale(String(cString: path), status.pointee.st_mode) { unlink(path) }
    }
  }

  private static func isStale(_ path: String, _ mode: mode_t) -> Bool {
    switch mode & S_IFMT {
    case S_IFSOCK: true
    case S_IFREG: path.utf8.suffix(4).elementsEqual(".pid".utf8)
    default: false
    }
  }
}
