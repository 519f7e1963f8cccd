import Edge
import Errors
import GRPCCore
import ModalProtocol
import Testing

@Suite struct ErrorTests {
  private static let codes: [SandlotError.Code: RPCError.Code] = [
    .invalidArgument: .invalidArgument, .notFound: .notFound, .alreadyExists: .alreadyExists,
    .unauthenticated: .unauthenticated, .permissionDenied: .permissionDenied,
    .failedPrecondition: .failedPrecondition, .resourceExhausted: .resourceExhausted,
    .unimplemented: .unimplemented, .deadlineExceeded: .deadlineExceeded,
    .unavailable: .unavailable, .internal: .internalError,
  ]

  /// What a client sees of an error, thrown before the response begins and in the midst of it.
  private func seen(_ error: any Error) async -> [RPCError] {
    let services = [TestService(handle: { throw error }), TestService(produce: { throw error })]
    var seen: [RPCError] = []
    for service in services {
      let thrown = await #expect(throws: RPCError.self) { try await call(service) }
      if let thrown { seen.append(thrown) }
    }
    return seen
  }

  @Test(arguments: SandlotError.Code.allCases)
  func everyCodeHasItsStatusAndKeepsItsText(code: SandlotError.Code) async throws {
    let expected = try #require(Self.codes[code])
    for error in await seen(SandlotError(code, "It is broken.", hint: "Mend it.")) {
      #expect(error.code == expected)
      #expect(error.message == "It is broken. Mend it.")
    }
  }

  @Test func aStatusStaysWhatItIs() async {
    for error in await seen(RPCError(code: .outOfRange, message: "Too far.")) {
      #expect(error.code == .outOfRange && error.message == "Too far.")
    }
  }

  @Test func aCancelledCallIsNoFailure() async {
    for error in await seen(CancellationError()) { #expect(error.code == .cancelled) }
  }

  @Test func anUnknownErrorTellsNoDetails() async {
    struct Surprise: Error { let secret = "hunter2" }
    for error in await seen(Surprise()) {
      #expect(error.code == .internalError)
      #expect(!error.message.contains("Surprise") && !error.message.contains("hunter2"))
    }
  }

  @Test func whatIsNotSupportedSaysWhatToDo() async throws {
    let unsupported = try #require(UnsupportedMethods.all.first)
    let method = MethodDescriptor(
      fullyQualifiedService: unsupported.service, method: unsupported.method)
    let error = await #expect(throws: RPCError.self) {
      try await call(UnsupportedService(), method: method)
    }
    #expect(error?.code == .unimplemented)
    #expect(
      error?.message
        == "\(unsupported.method) is not supported by this server. \(unsupported.advice)")
  }
}
