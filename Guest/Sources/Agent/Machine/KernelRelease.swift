import Glibc

/// The running kernel.
enum KernelRelease {
  /// Its release as `uname -r` prints it.
  static var current: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "" }
    return withUnsafeBytes(of: &names.release) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
