import Glibc
import GuestProtocol

/// What a planner of deliveries sees of the machine.
package protocol DeliveryView {
  /// What is in a directory of the delivered files; `path` is empty for their root.
  func delivered(in path: String) throws(GuestFailure) -> [DeliveredEntry]
  /// What the root has at a path, symbolic links followed.
  func place(_ path: String) throws(GuestFailure) -> DeliveryPlace
}

/// A name in a directory of delivered files.
package struct DeliveredEntry: Equatable {
  package let name: String
  package let isDirectory: Bool

  package init(name: String, isDirectory: Bool) {
    self.name = name
    self.isDirectory = isDirectory
  }
}

/// What a root has where something is to be delivered.
package enum DeliveryPlace: Equatable {
  case nothing
  /// A directory in which nothing would be hidden.
  case emptyDirectory
  case directory
  /// A file, or anything else that is no directory.
  case file
}

/// Which parts of the delivered files are bound where, so that all of them appear at their paths and
/// nothing of the root is hidden but files of the same names.
package struct DeliveryPlan: Equatable {
  /// One part: a file, or a directory with all below it.
  package struct Bind: Equatable {
    /// Where it is, in the delivered files and in the root.
    package let path: String
    package let isDirectory: Bool
    /// Whether the root has nothing there to bind it on.
    package let needsPlace: Bool

    package init(path: String, isDirectory: Bool, needsPlace: Bool) {
      self.path = path
      self.isDirectory = isDirectory
      self.needsPlace = needsPlace
    }
  }

  /// In the order in which they are made.
  package private(set) var binds: [Bind] = []

  /// The plan with the fewest parts. Throws where a file would have to replace a directory, or the
  /// other way round.
  package init(_ view: some DeliveryView) throws(GuestFailure) {
    var directories = [""]
    while let directory = directories.popLast() {
      for entry in try view.delivered(in: directory) {
        let path = "\(directory)/\(entry.name)"
        switch (try view.place(path), entry.isDirectory) {
        case (.nothing, let isDirectory):
          binds.append(Bind(path: path, isDirectory: isDirectory, needsPlace: true))
        case (.emptyDirectory, true):
          binds.append(Bind(path: path, isDirectory: true, needsPlace: false))
        case (.directory, true): directories.append(path)
        case (.file, false):
          binds.append(Bind(path: path, isDirectory: false, needsPlace: false))
        case (.file, true):
          throw GuestFailure(
            .system, errno: ENOTDIR,
            "files cannot be delivered below \(path), which is a file in the image")
        case (.directory, false), (.emptyDirectory, false):
          throw GuestFailure(
            .system, errno: EISDIR,
            "a file cannot be delivered to \(path), which is a directory in the image")
        }
      }
    }
  }
}
