import CLinux
import Glibc
import GuestProtocol

/// `/__modal`: the agent's own program under the names of the tools that it provides.
///
/// It lives in memory, so that the image's disk gets no more than the empty mount point.
enum AgentDirectory {
  static let path = "/__modal"
  /// Where the kernel looks for its module loader.
  static let moduleLoader = path + "/.bin/modprobe"
  /// Where the disk of files is mounted.
  static let files = path + "/.files"
  /// Where an overlay of it is put together; empty otherwise.
  static let delivery = path + "/.delivery"
  private static let tools = [
    path + "/.bin/modal-sandbox-fs-tools", path + "/.bin/sandlot-copy", moduleLoader,
  ]

  static func mount() throws(GuestFailure) {
    let flags = MS_NOSUID | MS_NODEV
    try Mount(
      source: "sandlot", type: "tmpfs", target: path, flags: flags, options: "mode=755,size=64k"
    ).perform()
    try Directories.make(path + "/.bin")
    try Directories.make(files)
    try Directories.make(delivery)
    for tool in tools {
      try SmallFile.replace(tool, with: [], mode: 0o555)
      try bind("/proc/self/exe", tool)
    }
    try attempt("make \(path) read-only") {
      CLinux.mount(nil, path, nil, UInt(flags | MS_REMOUNT | MS_RDONLY), nil)
    }
  }

  private static func bind(_ source: String, _ target: String) throws(GuestFailure) {
    try attempt("bind the agent to \(target)") {
      CLinux.mount(source, target, nil, UInt(MS_BIND), nil)
    }
    try attempt("make \(target) read-only") {
      CLinux.mount(nil, target, nil, UInt(MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID), nil)
    }
  }
}
