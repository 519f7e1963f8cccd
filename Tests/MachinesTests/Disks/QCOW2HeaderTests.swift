import Errors
import Foundation
import Machines
import SystemPackage
import Testing

@Suite struct QCOW2HeaderTests {
  private func withImage(
    _ options: [String], _ body: (FilePath) throws -> Void
  ) async throws {
    let directory = FilePath("/tmp/sandlot-qcow2-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      atPath: directory.string, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let image = directory.appending("image.qcow2")
    try await Tool("qemu-img", package: "qemu-utils").run(
      ["create", "-q", "-f", "qcow2"] + options + [image.string, "1G"], in: directory)
    try body(image)
  }

  @Test func imagesAsMachinesHaveThemPass() async throws {
    try await withImage(["-o", "extended_l2=on,cluster_size=128k"]) { try QCOW2Header.check($0) }
    try await withImage([]) { try QCOW2Header.check($0) }
  }

  @Test func anImageWithItsDataInAnotherFileIsRefused() async throws {
    try await withImage(["-o", "data_file=data.raw"]) { image in
      let error = #expect(throws: SandlotError.self) { try QCOW2Header.check(image) }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains(image.string) == true)
    }
  }

  @Test(arguments: [["-o", "compat=0.10"], nil] as [[String]?])
  func whatIsNoImageOfOursIsRefused(_ options: [String]?) async throws {
    try await withImage(options ?? []) { image in
      if options == nil { try Data("QFI".utf8).write(to: URL(filePath: image.string)) }
      let error = #expect(throws: SandlotError.self) { try QCOW2Header.check(image) }
      #expect(error?.code == .failedPrecondition)
    }
  }
}
