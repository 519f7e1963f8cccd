import Foundation

/// The number of files that the server may have open at once.
enum DescriptorLimit {
  /// Raises the soft limit to the hard one: each running process with output holds a few
  /// descriptors, and the usual soft limit of 1024 ends at some 200 of them.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
