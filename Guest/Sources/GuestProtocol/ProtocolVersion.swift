/// The version of the conversation between the server and the agent.
///
/// It changes whenever a message or its meaning changes. Both sides say theirs in `Hello`; where
/// they differ the server refuses to use the machine, since the two come from one build and a
/// difference means that a stale initramfs is in use.
public enum ProtocolVersion {
  /// What this build speaks.
  public static let current: UInt32 = 6
}

/// The name of the virtio-serial port that carries the conversation, as QEMU's `name=` and the
/// guest's `/sys/class/virtio-ports/*/name` have it.
public let agentPortName = "org.sandlot.agent"

/// Limits and windows that both sides keep to.
public enum Limits {
  /// Bytes of a stream that may be on the way before the receiver has granted more.
  public static let initialWindow = 1 << 20
  /// The largest chunk of stream data in one frame, in bytes.
  public static let maximumChunk = 1 << 16
  /// The largest frame payload, in bytes; a longer one means the byte stream is corrupt.
  public static let maximumPayload = 32 << 20
}
