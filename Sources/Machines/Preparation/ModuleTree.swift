import Errors
import SystemPackage

/// Where the modules of an operator's kernel are.
enum ModuleTree {
  /// The directory of `version`'s modules: `given` itself or the usual places below it, else the
  /// host's.
  static func find(version: String, given: FilePath?) throws -> FilePath {
    let candidates: [FilePath] =
      if let given {
        [given, given.appending(version), given.appending("lib/modules").appending(version)]
      } else {
        [FilePath("/lib/modules").appending(version)]
      }
    if let found = candidates.first(where: { HostFiles.exists($0.appending("modules.dep")) }) {
      return found
    }
    throw SandlotError(
      .failedPrecondition,
      "There are no modules for the kernel \(version) in \(given ?? "/lib/modules").",
      hint: "Set the directory of the modules, the one that holds modules.dep.")
  }

  /// Makes the squashfs that guests mount at /lib/modules: its root holds `<version>/`.
  static func makeDisk(of modules: FilePath, at target: FilePath) async throws {
    try await Tool.mksquashfs.run(
      [
        modules.string, target.string, "-keep-as-directory", "-comp", "zstd", "-all-root",
        "-noappend", "-quiet", "-no-progress",
      ],
      // The same modules give the same disk, byte for byte.
      environment: ["SOURCE_DATE_EPOCH": "0"])
  }
}
