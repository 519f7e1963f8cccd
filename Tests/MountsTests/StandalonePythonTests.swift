import Errors
import Mounts
import Testing

@Suite struct StandalonePythonTests {
  @Test(arguments: [
    (
      "python-build-standalone.20240107.3.12.1-gnu",
      "cpython-3.12.1+20240107-x86_64-unknown-linux-gnu-install_only.tar.gz"
    ),
    (
      "python-build-standalone.20261021.3.14.9t-gnu",
      "cpython-3.14.9+20261021-x86_64-unknown-linux-gnu-freethreaded-install_only.tar.gz"
    ),
    (
      "python-build-standalone.20240107.3.12.1-musl",
      "cpython-3.12.1+20240107-x86_64-unknown-linux-musl-install_only.tar.gz"
    ),
  ])
  func mountsAndArchivesNameEachOther(mount: String, archive: String) throws {
    #expect(StandalonePython(mountName: mount)?.archiveName == archive)
    #expect(try StandalonePython(archiveName: archive).mountName == mount)
  }

  @Test(arguments: ["modal-client-mount-1.6.4", "python-build-standalone.x", ""])
  func otherMountsAreNone(name: String) { #expect(StandalonePython(mountName: name) == nil) }

  @Test(arguments: [
    "python.tar.gz", "cpython-3.12.1+20240107-aarch64-unknown-linux-gnu-install_only.tar.gz",
  ])
  func otherFilesAreRefused(name: String) {
    #expect(throws: SandlotError.self) { try StandalonePython(archiveName: name) }
  }
}
