import GRPCCore
import ModalProtocol
import Testing

@Suite struct UnsupportedMethodsTests {
  private let declared = Set(
    Modal_Client_ModalClient.Method.descriptors.map(\.fullyQualifiedMethod)
      + Modal_TaskCommandRouter_TaskCommandRouter.Method.descriptors.map(\.fullyQualifiedMethod))

  @Test func noneIsListedTwiceOrDeclared() {
    let listed = UnsupportedMethods.all.map { "\($0.service)/\($0.method)" }
    #expect(Set(listed).count == listed.count)
    #expect(declared.isDisjoint(with: listed))
    // 285 RPCs of the control plane and 23 of the router (modal 1.6.4).
    #expect(declared.count + listed.count == 285 + 23)
  }

  @Test(arguments: UnsupportedMethods.all)
  func namesAndAdviceAreWhole(method: UnsupportedMethod) {
    #expect(method.method.wholeMatch(of: /[A-Z][0-9A-Za-z]+/) != nil)
    #expect(method.advice.hasSuffix("."))
  }

  @Test func oneOfEachServiceIsFound() {
    let all = UnsupportedMethods.all.map { "\($0.service)/\($0.method)" }
    #expect(all.contains("modal.client.ModalClient/FunctionCreate"))
    #expect(all.contains("modal.task_command_router.TaskCommandRouter/TaskSnapshotMemory"))
  }
}
