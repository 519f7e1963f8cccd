/// What a machine gets for what its sandbox asked.
package struct SandboxResources: Sendable, Equatable {
  /// Memory in MiB, exactly what was asked for.
  package var memoryMiB: Int64
  /// Virtual CPUs.
  package var virtualCPUs: Int

  /// The resources of a specification that is valid on this host.
  ///
  /// A physical core is two virtual CPUs. A sandbox may use more than it requests while the host
  /// has it, so it gets what its limit says or else two at least, and never more than the host has.
  package init(_ specification: SandboxSpecification, limits: SandboxLimits) {
    memoryMiB =
      specification.memoryMiB == 0 ? limits.defaultMemoryMiB : specification.memoryMiB
    let request = specification.milliCPU == 0 ? limits.defaultMilliCPU : specification.milliCPU
    let limit = specification.milliCPULimit
    let wanted = limit > 0 ? Self.virtualCPUs(limit) : max(2, Self.virtualCPUs(request))
    virtualCPUs = min(limits.host.processors, wanted)
  }

  private static func virtualCPUs(_ milliCores: Int64) -> Int {
    Int((2 * milliCores + 999) / 1000)
  }
}
