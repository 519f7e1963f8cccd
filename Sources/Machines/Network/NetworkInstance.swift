import Crypto
import Errors

/// Tells the taps, tables and processes of one server from those of another on the same host.
public struct NetworkInstance: Sendable, Hashable, CustomStringConvertible {
  /// Four hexadecimal digits.
  public let description: String

  /// The instance of the server with that data directory; the same at every start.
  public init(dataDirectory: String) {
    description = HostFiles.hexadecimal(SHA256.hash(data: Array(dataDirectory.utf8)).prefix(2))
  }

  /// The first user id of its machines: two servers share none unless one of them runs more than
  /// 16,384 machines.
  public var userBase: UInt32 { 700_000 + (UInt32(description, radix: 16) ?? 0) * 16_384 }

  /// What the names of all its network interfaces begin with.
  package var interfacePrefix: String { "sl\(description)-" }

  /// The name of an interface: at most 15 characters, the kernel's limit (IFNAMSIZ).
  package func interface(_ number: UInt32) -> String {
    interfacePrefix + String(number, radix: 16)
  }

  /// The name of its table in nftables, family `inet`.
  package var table: String { "sandlot_\(description)" }
}
