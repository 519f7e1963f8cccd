import Errors
import Foundation
import Machines
import Mounts
import Testing

/// Archives that `ADD` unpacks, made by the system's tar.
@Suite struct UnpackTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// What a shell script in an empty directory writes to the file that `$1` names.
  private func file(
    _ script: String, in fixture: Fixture
  ) async throws -> FileTree.Entry {
    let directory = fixture.directory.appending("made-\(UUID())")
    try FileManager.default.createDirectory(
      atPath: directory.string, withIntermediateDirectories: true)
    let path = directory.appending("archive")
    _ = try await Tool("bash", package: "bash").run(
      ["-ec", "cd \"$0\"; \(script)", directory.string, path.string])
    let content = try Data(contentsOf: URL(fileURLWithPath: path.string))
    let sha256 = try fixture.mounts.blobs.put(Array(content)).sha256
    return FileTree.Entry(
      path: "/archive", sha256: sha256, mode: 0o644, size: Int64(content.count))
  }

  private func listing(_ script: String) async throws -> [String]? {
    let file = try await file(script, in: fixture)
    guard let path = try await fixture.mounts.archive(unpacking: file) else { return nil }
    return try await Tool("unsquashfs", package: "squashfs-tools").run(["-l", path.string])
      .standardOutput.split(separator: "\n").map { String($0.trimmingPrefix("squashfs-root")) }
  }

  @Test(arguments: [
    "--format=v7", "--format=gnu", "--format=ustar", "--format=pax", "-z", "-j", "-J", "--zstd",
  ])
  func everyTarIsUnpacked(options: String) async throws {
    let found = try await listing("mkdir d; echo text > d/f; tar \(options) -cf archive d")
    #expect(found == ["", "/d", "/d/f"])
  }

  @Test(arguments: [
    "echo text | gzip > archive", "head -c 512 /dev/zero > archive", "echo short > archive",
    // The mark of a tar, and no checksum.
    "head -c 257 /dev/zero | tr '\\0' x > archive; printf ustar >> archive; "
      + "head -c 600 /dev/zero >> archive",
  ])
  func whatIsNoTarIsCopied(script: String) async throws {
    #expect(try await listing(script) == nil)
  }

  @Test func pathsOutOfTheArchiveStayInside() async throws {
    let found = try await listing(
      "mkdir a; echo x > a/f; tar -P -cf archive --transform 's,a/f,../../../up,' a/f; "
        + "tar -P -rf archive --transform 's,a/f,/root/absolute,' a/f")
    #expect(found == ["", "/root", "/root/absolute", "/up"])
  }

  @Test func holesAreKept() async throws {
    let found = try await listing("truncate -s 100G f; tar -S -cf archive f")
    #expect(found == ["", "/f"])
  }

  @Test(arguments: [
    // A link to a directory outside, and a file below it.
    "ln -s /tmp d; tar -cf archive d; rm d; mkdir d; echo > d/f; tar -rf archive d/f",
    // A hard link without its file.
    "echo > a; ln a b; tar -cf archive a b; tar --delete -f archive a",
    "head -c 100000 /dev/urandom > f; tar -cf - f | head -c 50000 > archive",
  ])
  func whatIsBrokenOrLeadsOutIsRefused(script: String) async throws {
    let file = try await file(script, in: fixture)
    let error = await #expect(throws: SandlotError.self) {
      try await fixture.mounts.archive(unpacking: file)
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("/archive") == true && error?.message.contains("\n") == false)
  }

  @Test func aBombIsStopped() async throws {
    var limits = MountLimits()
    limits.mountBytes = 10 << 20
    let small = try Fixture(limits: limits)
    let file = try await file(
      "truncate -s 100M f; tar -czf archive f; test $(stat -c %s archive) -lt 200000", in: small)
    let error = await #expect(throws: SandlotError.self) {
      try await small.mounts.archive(unpacking: file)
    }
    #expect(error?.message.contains("more than 10485760 bytes") == true)
  }
}
