import Errors

extension MachineHost {
  /// Makes a machine's control group, with the weight of its claim from the first instruction on;
  /// nil, and a warning, where there can be none.
  func makeCgroup(id: String, share: MachineRequest.ProcessorShare) -> Cgroup? {
    let made = Cgroup.make(
      instance: configuration.instance, id: id, in: configuration.cgroups)
    guard let cgroup = made else {
      warnOfMissingCgroups()
      return nil
    }
    if !cgroup.setWeight(share.guaranteed) { warnOfMissingCgroups() }
    return cgroup
  }

  /// Holds a machine to its claim on the host's processors from now on; a later call changes it.
  ///
  /// The limit counts from here and not from the start of QEMU, so that a boot takes no longer for
  /// a machine that may use little.
  ///
  /// Throws `SandlotError.failedPrecondition` where the host cannot hold the machine to its limit.
  /// A weight that cannot be set is told to the operator, once: the machine runs all the same.
  func hold(
    _ machine: VirtualMachine, to share: MachineRequest.ProcessorShare
  ) throws(SandlotError) {
    guard let cgroup = machine.place.cgroup, cgroup.contains(machine.process.pid) else {
      guard let limit = share.limit else { return }
      throw noLimit(limit, because: "it has no control group")
    }
    if !cgroup.setWeight(share.guaranteed) { warnOfMissingCgroups() }
    guard cgroup.setQuota(share.limit) || share.limit == nil else {
      throw noLimit(share.limit ?? 0, because: "the host's kernel takes no quota for it")
    }
    cgroup.setMainThreadApart(
      share.limit == nil, of: machine.process.pid, guaranteed: share.guaranteed)
  }

  private func noLimit(_ limit: Int, because reason: String) -> SandlotError {
    SandlotError(
      .failedPrecondition,
      "it cannot be held to its CPU limit of \(Double(limit) / 1000) logical processors: \(reason).",
      hint: "Leave the CPU limit out, or have the operator run: sandlot doctor")
  }
}
