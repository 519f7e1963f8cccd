import Errors
import Mounts
import Testing

@Suite struct LimitTests {
  private func refusal(
    _ limits: MountLimits, _ texts: [String]
  ) async throws -> SandlotError? {
    let fixture = try Fixture(limits: limits)
    var files: [MountedFile] = []
    for (number, text) in texts.enumerated() {
      files.append(try await fixture.send(text, to: "/\(number)"))
    }
    return await #expect(throws: SandlotError.self) { try await fixture.mounts.create(files) }
  }

  @Test func aMountThatIsTooLargeIsRefused() async throws {
    var limits = MountLimits()
    limits.mountBytes = 5
    let error = try await refusal(limits, ["123", "456"])
    #expect(error?.code == .resourceExhausted && error?.hint?.contains("mount_limit") == true)
  }

  @Test func aMountOfTooManyFilesIsRefused() async throws {
    var limits = MountLimits()
    limits.mountFiles = 1
    #expect(try await refusal(limits, ["1", "2"])?.code == .resourceExhausted)
  }

  @Test func aFileThatIsTooLargeIsRefused() async throws {
    var limits = MountLimits()
    limits.fileBytes = 2
    let fixture = try Fixture(limits: limits)
    let error = await #expect(throws: SandlotError.self) {
      try await fixture.mounts.put([1, 2, 3], sha256: String(repeating: "0", count: 64))
    }
    #expect(error?.hint?.contains("file_limit") == true)
  }
}
