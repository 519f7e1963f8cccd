import Errors
import Foundation
import Glibc

/// Hands open files to a running QEMU, over a monitor socket of their own.
///
/// A descriptor travels beside the bytes of a unix socket (SCM_RIGHTS, unix(7)), which the
/// asynchronous channel of ``QMPClient`` cannot do. Everything here takes well under a millisecond
/// of a QEMU that is idle, and blocks the calling thread until then.
public struct DescriptorMonitor: Sendable {
  private let path: String

  /// The monitor whose socket is at `path`.
  public init(path: String) { self.path = path }

  /// Adds each file to the descriptor set of its number: `/dev/fdset/N` for QEMU. The descriptors
  /// stay the caller's, and QEMU has copies.
  ///
  /// Throws `SandlotError.internal` where QEMU does not take them, or not within five seconds.
  public func add(_ files: [(descriptor: Int32, set: Int)]) throws {
    try perform(
      files.map { file in
        (#"{"execute":"add-fd","arguments":{"fdset-id":\#(file.set)}}"#, file.descriptor)
      })
  }

  /// Has QEMU begin to save the VM's state to a file; see ``QueryMigrate``.
  ///
  /// It is here and not a command, because a descriptor that has a name has it on one monitor only.
  /// Throws as `add`.
  public func migrate(to descriptor: Int32) throws {
    try perform([
      (#"{"execute":"getfd","arguments":{"fdname":"state"}}"#, descriptor),
      (#"{"execute":"migrate","arguments":{"uri":"fd:state"}}"#, nil),
    ])
  }

  /// Sends commands, some with a descriptor, each when the one before was carried out.
  private func perform(_ commands: [(line: String, descriptor: Int32?)]) throws {
    let connection = try connect()
    defer { close(connection) }
    var reader = Reader(connection: connection, path: path)
    _ = try reader.line()
    for command in [(line: #"{"execute":"qmp_capabilities"}"#, descriptor: nil)] + commands {
      try send(command.line, command.descriptor, on: connection)
      try reader.answer()
    }
  }

  private func connect() throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SandlotError(.invalidArgument, "The path \(path) is too long for a socket.")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let connection = socket(AF_UNIX, type, 0)
    guard connection >= 0 else { throw failure("make a socket for") }
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      let error = failure("connect to")
      close(connection)
      throw error
    }
    return connection
  }

  /// Sends a line, with a descriptor beside it.
  private func send(_ line: String, _ descriptor: Int32?, on connection: Int32) throws {
    var bytes = Array("\(line)\n".utf8)
    // struct cmsghdr: length (8 bytes), level, type; then the descriptor, padded to 8 bytes.
    var control = [UInt8](repeating: 0, count: 24)
    control.withUnsafeMutableBytes { buffer in
      buffer.storeBytes(of: 20, as: Int.self)
      buffer.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
      buffer.storeBytes(of: Int32(SCM_RIGHTS), toByteOffset: 12, as: Int32.self)
      buffer.storeBytes(of: descriptor ?? -1, toByteOffset: 16, as: Int32.self)
    }
    let sent = bytes.withUnsafeMutableBytes { bytes in
      control.withUnsafeMutableBytes { control in
        var vector = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
        return withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_iov = vector
          message.msg_iovlen = 1
          if descriptor != nil {
            message.msg_control = control.baseAddress
            message.msg_controllen = control.count
          }
          return sendmsg(connection, &message, Int32(MSG_NOSIGNAL))
        }
      }
    }
    guard sent == bytes.count else { throw failure("write to") }
  }

  private func failure(_ verb: String) -> SandlotError {
    SandlotError(
      .internal, "Cannot \(verb) QEMU's monitor at \(path): \(String(cString: strerror(errno))).")
  }
}

/// Reads the lines of a monitor.
private struct Reader {
  let connection: Int32
  let path: String
  private var buffer: [UInt8] = []

  init(connection: Int32, path: String) {
    self.connection = connection
    self.path = path
  }

  /// The next line.
  mutating func line() throws -> [UInt8] {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeFirst(end + 1) }
        return Array(buffer[..<end])
      }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else {
        let reason = count == 0 ? "it closed the connection" : String(cString: strerror(errno))
        throw SandlotError(.internal, "QEMU at \(path) did not answer: \(reason).")
      }
      buffer += chunk.prefix(count)
    }
  }

  /// Skips events, and throws where the answer is a refusal.
  mutating func answer() throws {
    while true {
      let message = try JSONDecoder().decode(Message.self, from: Data(try line()))
      if let error = message.error {
        throw SandlotError(.internal, "QEMU at \(path) refused it: \(error.desc)")
      }
      if message.event == nil { return }
    }
  }

  private struct Message: Decodable {
    struct Failure: Decodable { let desc: String }
    let event: String?
    let error: Failure?
  }
}
