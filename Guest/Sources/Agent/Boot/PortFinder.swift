import CLinux
import Glibc
import GuestProtocol

/// Finds virtio-serial ports by their names.
enum PortFinder {
  private static let directory = "/sys/class/virtio-ports"

  /// The device of the port with a name, such as `/dev/vport1p1`; the driver makes it a moment
  /// after its module was loaded.
  ///
  /// - Parameter limit: how long to wait for it, in milliseconds.
  static func find(_ name: String, within limit: Int64) throws(GuestFailure) -> String {
    let deadline = monotonicMilliseconds() + limit
    while true {
      if let port = ports().first(where: { SmallFile.readLine("\(directory)/\($0)/name") == name })
      {
        return "/dev/\(port)"
      }
      guard monotonicMilliseconds() < deadline else {
        throw .system(ENODEV, "find the virtio-serial port \(name)")
      }
      usleep(5000)
    }
  }

  /// Opens a port, which the driver lets nobody else do then.
  static func open(_ path: String) throws(GuestFailure) -> Int32 {
    try attempt("open \(path)") { Glibc.open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK) }
  }

  private static func ports() -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = String(cString: clinux_entry_name(entry))
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
