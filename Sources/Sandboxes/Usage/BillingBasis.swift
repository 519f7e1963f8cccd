/// What a sandbox is billed for at the least, and how much of a physical core a processor is.
package struct BillingBasis: Sendable, Equatable {
  /// What was asked for, in physical cores.
  package var requestedCores: Double
  /// What was asked for, in GiB.
  package var requestedGiB: Double
  /// Logical processors that share a physical core: two seconds of one of two are one core-second.
  package var threadsPerCore: Int

  /// A basis.
  package init(requestedCores: Double, requestedGiB: Double, threadsPerCore: Int = 1) {
    self.requestedCores = requestedCores
    self.requestedGiB = requestedGiB
    self.threadsPerCore = max(1, threadsPerCore)
  }

  /// The basis of a sandbox: its request, or the defaults where it asked for nothing.
  package init(_ specification: SandboxSpecification, limits: SandboxLimits) {
    let milliCPU = specification.milliCPU == 0 ? limits.defaultMilliCPU : specification.milliCPU
    let memoryMiB =
      specification.memoryMiB == 0 ? limits.defaultMemoryMiB : specification.memoryMiB
    self.init(
      requestedCores: Double(milliCPU) / 1000, requestedGiB: Double(memoryMiB) / 1024,
      threadsPerCore: limits.host.threadsPerCore)
  }
}
