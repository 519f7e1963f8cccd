import Glibc

/// Lines that explain a failure, where the host finds them: on the console, whose output it keeps.
///
/// Lines for errors only, since every byte of the console costs emulated port writes.
public struct Log {
  private let console: Int32
  private let kernel: Int32

  /// A log to the machine's console, and to the kernel's own log for `dmesg` inside.
  public static func ofMachine() -> Log {
    Log(
      console: open("/dev/console", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
      kernel: open("/dev/kmsg", O_WRONLY | O_CLOEXEC))
  }

  /// A log to an open file.
  public init(descriptor: Int32) { self.init(console: descriptor, kernel: -1) }

  private init(console: Int32, kernel: Int32) {
    self.console = console
    self.kernel = kernel
  }

  /// Writes one line; an error is of no interest to anybody here.
  public func error(_ message: String) {
    let line = Array("sandlot-agent: \(message)\n".utf8.suffix(900))
    _ = line.withUnsafeBytes { write(console, $0.baseAddress, $0.count) }
    guard kernel >= 0 else { return }
    // <6> is "information", which the kernel does not repeat on the console.
    let record = Array("<6>".utf8) + line
    _ = record.withUnsafeBytes { write(kernel, $0.baseAddress, $0.count) }
  }
}
