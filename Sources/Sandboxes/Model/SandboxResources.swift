import Machines

/// What a machine gets for what its sandbox asked.
package struct SandboxResources: Sendable, Equatable {
  /// Memory in MiB, exactly what was asked for.
  package var memoryMiB: Int
  /// Virtual CPUs: all that the host has, or as many as the limit needs.
  package var virtualCPUs: Int
  /// What the machine is guaranteed of the host's processors, and what it never exceeds.
  package var processorShare: MachineRequest.ProcessorShare

  /// The resources of a specification that is valid on this host.
  ///
  /// A sandbox may use more than it requests while the host has it to spare, so the request is a
  /// guarantee and not a size. Both it and the limit count physical cores; where a core has two
  /// hardware threads, it is worth two logical processors, and no one gets more than there are. A
  /// limit that the host's size holds by itself is none.
  package init(_ specification: SandboxSpecification, limits: SandboxLimits) {
    let host = limits.host
    memoryMiB = Int(
      specification.memoryMiB == 0 ? limits.defaultMemoryMiB : specification.memoryMiB)
    func logical(_ milliCores: Int64) -> Int {
      min(Int(milliCores) * host.threadsPerCore, 1000 * host.processors)
    }
    let request = specification.milliCPU == 0 ? limits.defaultMilliCPU : specification.milliCPU
    let most = specification.milliCPULimit == 0 ? nil : logical(specification.milliCPULimit)
    let limit = most.flatMap { $0 < 1000 * host.processors ? $0 : nil }
    // A default request must not exceed a limit that is below it.
    processorShare = MachineRequest.ProcessorShare(
      guaranteed: min(logical(request), limit ?? .max), limit: limit)
    virtualCPUs = min(
      limit.map { ($0 + 999) / 1000 } ?? host.processors, MachineRequest.maximumVirtualCPUs)
  }
}
