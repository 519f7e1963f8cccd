/// What executes a guest's instructions.
public enum MachineEngine: String, Sendable, Codable, CaseIterable {
  /// The host's processor, through the kernel's KVM.
  case kvm
  /// QEMU's translator, in software: runs everywhere, some ten times slower.
  case tcg

  /// How long a guest may take from power-on to its agent's first word on an idle host.
  package var bootLimit: Duration {
    switch self {
    case .kvm: .seconds(15)
    case .tcg: .seconds(60)
    }
  }
}
