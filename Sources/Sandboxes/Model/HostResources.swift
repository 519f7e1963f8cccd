import Foundation
import Glibc

/// What the host has to give.
public struct HostResources: Sendable, Equatable {
  /// Memory in MiB.
  public var memoryMiB: Int64
  /// Logical processors online: what the kernel schedules on.
  public var processors: Int
  /// Physical cores online: what `cpu=` counts.
  public var physicalCores: Int

  /// A host; without `physicalCores`, one whose logical processors are cores.
  public init(memoryMiB: Int64, processors: Int, physicalCores: Int? = nil) {
    self.memoryMiB = memoryMiB
    self.processors = processors
    self.physicalCores = physicalCores ?? processors
  }

  /// Logical processors to a physical core, at least 1.
  ///
  /// Where cores differ (some have two threads, others one) it is 1: a core that is asked for is
  /// then worth one logical processor, which every core has.
  public var threadsPerCore: Int { max(1, processors / max(1, physicalCores)) }

  /// This host.
  public static func current() -> HostResources {
    let pages = Int64(sysconf(Int32(_SC_PHYS_PAGES)))
    let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return HostResources(
      memoryMiB: max(1, (pages * pageSize) >> 20), processors: processors,
      physicalCores: physicalCores(at: "/sys/devices/system/cpu"))
  }

  /// The number of cores as the kernel shows them in a directory of sysfs, nil where it does not:
  /// logical processors that name the same siblings are one core.
  ///
  /// Source: the kernel's Documentation/admin-guide/cputopology.rst; kernels before 5.3 call
  /// `core_cpus_list` `thread_siblings_list`. A processor that is offline has neither file.
  package static func physicalCores(at directory: String) -> Int? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let cores = Set(
      names.filter { $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil }.compactMap { name in
        ["core_cpus_list", "thread_siblings_list"].lazy.compactMap { file in
          try? String(contentsOfFile: "\(directory)/\(name)/topology/\(file)", encoding: .utf8)
        }.first
      })
    return cores.isEmpty ? nil : cores.count
  }
}
