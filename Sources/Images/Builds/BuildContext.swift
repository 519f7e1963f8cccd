import Foundation
import Logging
import Machines
import Mounts
import Store
import SystemPackage

/// What every build works with.
struct BuildContext: Sendable {
  let store: Store
  let layers: LayerStore
  /// Finds and fetches the images that `FROM` names.
  let bases: any BaseResolver
  /// The files that clients have sent.
  let mounts: Mounts
  /// An image with Python, for the builder's own work.
  let toolBase: ResolvedBase
  let logs: FilePath
  let launcher: any MachineLauncher
  let memory: MemoryLedger
  let limits: BuildLimits
  let libraryLimits: LibraryLimits
  let uses: any ImageUses
  let holds = LayerHolds()
  let clock: any Clock<Duration>
  let now: @Sendable () -> Date
  let logger: Logger

  /// Where a build's journal is.
  func log(of imageID: String) -> FilePath { logs.appending("\(imageID).log") }
}
