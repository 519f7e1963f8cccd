import Errors
import Foundation

/// A bound TCP socket, taken before anything slow begins so that a port in use is told at once.
package struct ListeningSocket {
  /// The socket; whoever serves on it closes it.
  package let descriptor: Int32
  /// The port, also where a free one was asked for.
  package let port: Int

  /// Binds an IPv4 address and listens.
  ///
  /// Throws `invalidArgument` for a host that is no address, `failedPrecondition` where the address
  /// cannot be had.
  package init(host: String, port: Int, option: String = "--port") throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    let name = host == "localhost" ? "127.0.0.1" : host
    guard inet_pton(AF_INET, name, &address.sin_addr) == 1 else {
      throw SandlotError(
        .invalidArgument, "'\(host)' is no IPv4 address to listen on.",
        hint: "Use 127.0.0.1, or 0.0.0.0 for all interfaces.")
    }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    do {
      self.port = try Self.listen(descriptor, &address, option)
    } catch let error as SandlotError {
      close(descriptor)
      throw SandlotError(
        error.code, "The server cannot listen on \(host):\(port): \(error.message).",
        hint: error.hint)
    }
  }

  private static func listen(
    _ descriptor: Int32, _ address: inout sockaddr_in, _ option: String
  ) throws -> Int {
    var yes: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutableBytes(of: &address) { raw -> Int32 in
      guard let base = raw.assumingMemoryBound(to: sockaddr.self).baseAddress else { return -1 }
      guard bind(descriptor, base, size) == 0, Foundation.listen(descriptor, 512) == 0 else {
        return -1
      }
      return getsockname(descriptor, base, &size)
    }
    guard result == 0 else {
      throw SandlotError(
        .failedPrecondition, String(cString: strerror(errno)),
        hint: "Choose another port with \(option) (0 takes a free one).")
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
