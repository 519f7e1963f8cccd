/// Programs that are made to be process 1, known by their names.
package struct InitProgram: Equatable {
  /// Whether it ends as other programs do; the others go by reboot(2) alone.
  package let endsByItself: Bool

  /// Init systems, which start and keep a machine's services.
  private static let systems: Set = [
    "systemd", "openrc-init", "runit", "runit-init", "s6-linux-init",
  ]
  /// Small programs that collect orphans and pass signals on to one child, and s6's supervisor.
  private static let reapers: Set = [
    "tini", "tini-static", "docker-init", "dumb-init", "catatonit", "pid1", "s6-svscan",
  ]
  /// Where a program called `init` is the machine's own.
  private static let places: Set = ["/", "/sbin/", "/bin/", "/usr/sbin/", "/usr/bin/"]

  /// The init program that a command runs; nil for any other program.
  ///
  /// - Parameters:
  ///   - path: where the program was found.
  ///   - target: what the path leads to, by way of symbolic links.
  ///   - arguments: the command, the program's name first.
  package init?(path: String, target: String, arguments: [String]) {
    let (place, name) = Self.split(path)
    let program = Self.split(target).name
    if Self.systems.contains(name) || Self.systems.contains(program) {
      endsByItself = false
    } else if Self.reapers.contains(name) {
      endsByItself = true
    } else if name == "init" && Self.places.contains(place) {
      // Whose it is tells nothing: s6-overlay's `/init` ends, sysvinit's never does.
      endsByItself = true
    } else if name == "busybox" && arguments.dropFirst().first == "init" {
      endsByItself = true
    } else {
      return nil
    }
  }

  /// A program of which nothing is known.
  package static let unknown = InitProgram(endsByItself: true)

  private init(endsByItself: Bool) { self.endsByItself = endsByItself }

  private static func split(_ path: String) -> (place: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let start = path.utf8.index(after: slash)
    return (String(path[..<start]), String(path[start...]))
  }
}
