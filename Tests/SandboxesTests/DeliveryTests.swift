import Errors
import Foundation
import Machines
import Sandboxes
import Testing

@Suite struct DeliveryTests {
  @Test func aSandboxGetsTheFilesOfItsMounts() async throws {
    let harness = try Harness()
    var specification = SandboxSpecification(appID: "ap-1", imageID: "im-1")
    specification.mountIDs = ["mo-1", "mo-2"]
    let sandbox = try await harness.sandboxes.create(specification)
    let request = await harness.launcher.requests.take()
    #expect(request.files == .archive("/archives/mo-1+mo-2"))
    #expect(request.deliversFiles)
    #expect(
      try await harness.sandboxes.info(sandbox.id).specification.mountIDs == ["mo-1", "mo-2"])
    await harness.sandboxes.shutDown()
  }

  @Test func whatServersBeforeMountsKeptIsRead() throws {
    let kept = try JSONEncoder().encode(SandboxSpecification(appID: "ap-1", imageID: "im-1"))
    let text = String(decoding: kept, as: UTF8.self).replacing(#""mountIDs":[],"#, with: "")
      .replacing(#","mountIDs":[]"#, with: "")
    #expect(!text.contains("mountIDs"))
    let read = try JSONDecoder().decode(SandboxSpecification.self, from: Data(text.utf8))
    #expect(read == SandboxSpecification(appID: "ap-1", imageID: "im-1"))
  }

  @Test func aMountThatDoesNotExistIsToldAtOnce() async throws {
    let harness = try Harness()
    var specification = SandboxSpecification(appID: "ap-1", imageID: "im-1")
    specification.mountIDs = ["mo-gone"]
    let error = await #expect(throws: SandlotError.self) {
      try await harness.sandboxes.create(specification)
    }
    #expect(error?.code == .notFound)
  }

  @Test func aSandboxWhoseFilesCannotBeHadDoesNotStart() async throws {
    let harness = try Harness()
    var specification = SandboxSpecification(appID: "ap-1", imageID: "im-1")
    specification.mountIDs = ["mo-broken"]
    let sandbox = try await harness.sandboxes.create(specification)
    let result = try await harness.sandboxes.wait(sandbox.id, timeout: .seconds(10))
    #expect(result?.status == .initFailure)
    #expect(result?.message.contains("/x") == true)
  }
}
