import Errors
import Machines
import SystemPackage
import Testing

@Suite("Telling kernels from other files, and unpacking them")
struct PreparationKernelImageTests {
  @Test("Each compression of a bzImage is undone", arguments: ["gzip", "lz4", "xz", "zstd"])
  func extract(tool: String) async throws {
    let folder = try PreparationFolder()
    let payload = try await PreparationKernelFixture.payload(by: tool, in: folder)
    let file = try folder.write(PreparationKernelFixture.bzImage(payload: payload), to: "bzImage")
    let image = try KernelImage.examine(file)
    #expect(image.version == "6.1.0-test-amd64")
    let target = folder.path.appending("image")
    #expect(try await image.extract(from: file, to: target))
    #expect(try content(of: target) == PreparationKernelFixture.vmlinux)
  }

  @Test("An unknown compression leaves the bzImage to be used")
  func unknownCompression() async throws {
    let folder = try PreparationFolder()
    let bytes = PreparationKernelFixture.bzImage(payload: [0x5d, 0, 0, 1, 2, 3, 4, 5])
    let file = try folder.write(bytes, to: "bzImage")
    let target = folder.path.appending("image")
    #expect(try await !KernelImage.examine(file).extract(from: file, to: target))
    #expect(try folder.names() == ["bzImage"])
  }

  @Test("A vmlinux is recognised by its banner")
  func vmlinux() throws {
    let folder = try PreparationFolder()
    let file = try folder.write(PreparationKernelFixture.vmlinux, to: "vmlinux")
    #expect(try KernelImage.examine(file) == .vmlinux(version: "6.1.0-test-amd64"))
  }

  @Test(
    "Other files are refused by name", arguments: ["/bin/sh", "/etc/passwd", "/tmp", "/dev/null"])
  func refused(path: String) throws {
    let error = #expect(throws: SandlotError.self) { try KernelImage.examine(FilePath(path)) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "\(path) is not a Linux kernel.")
  }

  @Test("A missing file is said to be missing")
  func missing() throws {
    let error = #expect(throws: SandlotError.self) {
      try KernelImage.examine("/nonexistent/kernel")
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "The kernel file /nonexistent/kernel does not exist.")
  }
}
