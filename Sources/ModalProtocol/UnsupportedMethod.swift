/// An RPC that the SDK knows and this server does not have.
public struct UnsupportedMethod: Sendable, Equatable {
  /// The full name of the service, such as `modal.client.ModalClient`.
  public let service: String
  /// The name of the RPC within its service.
  public let method: String
  /// One or two sentences for the person who made the call: what to do instead.
  public let advice: String
}

/// The RPCs of both services of the SDK (modal 1.6.4) that are not in `Protocols`.
///
/// `Tests/SDK/test_protocol_drift.py` holds that these and the declared ones together are exactly
/// what the SDK has.
public enum UnsupportedMethods {
  /// Every one of them, once.
  public static let all: [UnsupportedMethod] =
    methods(
      of: "modal.client.ModalClient",
      in: functions + sandboxes + storage + workspace)
    + methods(of: "modal.task_command_router.TaskCommandRouter", in: router)

  private static func methods(of service: String, in families: [Family]) -> [UnsupportedMethod] {
    families.flatMap { family in
      family.methods.split(whereSeparator: \.isWhitespace).map { name in
        UnsupportedMethod(service: service, method: String(name), advice: family.advice)
      }
    }
  }

  /// RPCs that have the same answer.
  struct Family {
    let advice: String
    /// Their names, between white space.
    let methods: String

    init(_ advice: String, _ methods: String) {
      self.advice = advice
      self.methods = methods
    }
  }
}
