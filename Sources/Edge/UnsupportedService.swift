import Errors
import GRPCCore
import ModalProtocol

/// Answers every RPC that the SDK knows and this server does not have, with a sentence that says
/// what to do instead.
public struct UnsupportedService: RegistrableRPCService {
  /// A service for all of `UnsupportedMethods`.
  public init() {}

  /// Registers one handler a method; no message is ever decoded.
  public func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    for unsupported in UnsupportedMethods.all {
      let method = MethodDescriptor(
        fullyQualifiedService: unsupported.service, method: unsupported.method)
      router.registerHandler(
        forMethod: method, deserializer: IgnoringDeserializer(), serializer: NothingSerializer()
      ) { (_: StreamingServerRequest<Nothing>, _) -> StreamingServerResponse<Nothing> in
        throw SandlotError(
          .unimplemented, "\(method.method) is not supported by this server. \(unsupported.advice)")
      }
    }
  }
}

private struct Nothing: Sendable {}

private struct IgnoringDeserializer: MessageDeserializer {
  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> Nothing { Nothing() }
}

private struct NothingSerializer: MessageSerializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: Nothing) -> Bytes { Bytes([]) }
}
