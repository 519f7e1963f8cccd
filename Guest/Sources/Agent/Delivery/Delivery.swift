import CLinux
import Glibc
import GuestProtocol

/// Makes the files of the disk of files appear at their paths in the root, writable.
///
/// The disk is the lower half of an overlay whose upper half is in memory: nothing is copied before
/// it is written to, and nothing of it gets onto the root's disk but empty places to bind on.
enum Delivery {
  static func perform() throws(GuestFailure) {
    let place = AgentDirectory.delivery
    try Mount(
      source: "sandlot", type: "tmpfs", target: place, flags: MS_NODEV, options: "mode=700"
    ).perform()
    for name in ["upper", "work", "merged"] { try Directories.make("\(place)/\(name)") }
    let merged = place + "/merged"
    try Mount(
      source: "sandlot", type: "overlay", target: merged,
      options: "lowerdir=\(AgentDirectory.files),upperdir=\(place)/upper,workdir=\(place)/work"
    ).perform()
    for bind in try DeliveryPlan(RootView(source: AgentDirectory.files)).binds {
      try perform(bind, from: merged)
    }
    // What is bound stays; the way to it is nobody's.
    for path in [merged, place] {
      try attempt("unmount \(path)") { umount2(path, Int32(MNT_DETACH)) }
    }
  }

  private static func perform(_ bind: DeliveryPlan.Bind, from merged: String) throws(GuestFailure) {
    if bind.needsPlace {
      try attempt("make a place for \(bind.path)") {
        if bind.isDirectory { return mkdir(bind.path, 0o755) }
        let file = open(bind.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        return file < 0 ? file : close(file)
      }
    }
    try attempt("deliver \(bind.path)") {
      CLinux.mount(merged + bind.path, bind.path, nil, UInt(MS_BIND), nil)
    }
  }
}
