import Sandboxes
import Settings

/// How much memory a server may promise to machines.
package enum MemoryBudget {
  /// The budget of these settings on this host, in MiB.
  ///
  /// Without a `memory_budget` it is the host's memory less a reserve of 512 MiB and a 32nd. The
  /// reserve is for the host's own processes, for this server, for the probes that it boots, and
  /// for what each QEMU needs beside its guest's memory, which nobody is promised.
  package static func mebibytes(_ settings: Settings, host: HostResources) -> Int {
    let spared = Int(host.memoryMiB) - 512 - Int(host.memoryMiB / 32)
    let memory = settings.memoryBudget ?? max(spared, 128)
    return Int(Double(memory) * settings.memoryOvercommit)
  }

  /// What an operator should know about the budget of these settings; nil where all is well.
  package static func warning(_ settings: Settings, host: HostResources) -> String? {
    guard let asked = settings.memoryBudget, asked > Int(host.memoryMiB) else { return nil }
    return "memory_budget is \(asked) MiB and this host has \(host.memoryMiB): machines that use "
      + "what they were promised will drive it out of memory"
  }
}
