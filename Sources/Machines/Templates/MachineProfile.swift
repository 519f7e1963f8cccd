/// What a machine is made of, as far as its state fits another machine: the part of a request that
/// chooses a template.
package struct MachineProfile: Sendable, Hashable, Codable {
  /// Memory in MiB.
  package var memoryMiB: Int
  /// Virtual CPUs.
  package var virtualCPUs: Int
  /// Whether there is a network interface.
  package var hasNetwork: Bool

  /// A profile.
  package init(memoryMiB: Int, virtualCPUs: Int, hasNetwork: Bool) {
    self.memoryMiB = memoryMiB
    self.virtualCPUs = virtualCPUs
    self.hasNetwork = hasNetwork
  }

  /// The profile of a request.
  package init(_ request: MachineRequest) {
    self.init(
      memoryMiB: request.memoryMiB, virtualCPUs: request.virtualCPUs,
      hasNetwork: request.network == .outbound)
  }

  /// The profile in a few words, for logs: `1024m-2c-net`.
  package var description: String {
    "\(memoryMiB)m-\(virtualCPUs)c\(hasNetwork ? "-net" : "")"
  }
}
