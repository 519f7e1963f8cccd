import CLinux
import FilesystemTool
import Glibc

/// The process's arguments. Not `CommandLine.arguments`, which are empty where a sandbox has lost
/// its /proc; and in a function, because a global variable here would link the runtime of
/// concurrency (750 kB) for its main actor.
func arguments() -> [String] {
  (0..<clinux_argument_count()).compactMap { position in
    clinux_argument(position).map { String(cString: $0) }
  }
}

exit(FilesystemTool.main(arguments: arguments()))
