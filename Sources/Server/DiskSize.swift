import Errors
import Foundation
import Settings

/// The size of root disks, which never shrinks: an image's file system does not fit a smaller disk.
struct DiskSize {
  /// In GiB.
  let gibibytes: Int
  /// What the operator is to be told; nil for nothing.
  let warning: String?

  /// The larger of what is set and what has been in the data directory, where it is kept.
  init(_ settings: Settings, in directory: DataDirectory) throws {
    let file = URL(filePath: directory.preparation.appending("disk-size").string)
    let known = (try? String(contentsOf: file, encoding: .utf8)).flatMap { Int($0) } ?? 0
    gibibytes = max(settings.diskSize, known)
    warning =
      settings.diskSize < known
      ? "disks stay at \(known) GiB: images in the data directory do not fit smaller ones" : nil
    guard gibibytes != known else { return }
    do {
      try Data("\(gibibytes)".utf8).write(to: file, options: .atomic)
    } catch {
      throw SandlotError(.internal, "The file \(file.path) cannot be written: \(error)")
    }
  }

  /// In bytes.
  var bytes: Int64 { Int64(gibibytes) << 30 }
}
