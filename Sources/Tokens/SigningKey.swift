import Crypto
import Errors

/// The server's key for the JWTs that it gives to clients (HMAC with SHA-256).
public struct SigningKey: Sendable {
  /// The length of a key in bytes: that of the digest.
  public static let byteCount = SHA256.byteCount

  let key: SymmetricKey

  /// A key that exists already.
  ///
  /// - Throws: `invalidArgument` where it is not `byteCount` bytes long.
  public init(bytes: [UInt8]) throws(SandlotError) {
    guard bytes.count == Self.byteCount else {
      throw SandlotError(
        .invalidArgument, "A signing key has \(Self.byteCount) bytes, and not \(bytes.count).")
    }
    key = SymmetricKey(data: bytes)
  }

  private init() {
    key = SymmetricKey(size: .bits256)
  }

  /// A new key from the system's source of randomness.
  public static func generate() -> SigningKey {
    SigningKey()
  }

  /// Reads the key from a file, or makes a new one and writes it there, for the owner's eyes only
  /// (mode 0600).
  ///
  /// The file is the bytes of the key. Its folder must exist. Several processes that do this at
  /// once all get the same key.
  ///
  /// - Throws: `failedPrecondition` where the file has another length, or others may read it;
  ///   `internal` where it cannot be read or written.
  public static func loadOrCreate(at path: String) throws(SandlotError) -> SigningKey {
    let bytes = try SecretFile(path: path, subject: "The signing key").loadOrCreate {
      generate().key.withUnsafeBytes { Array($0) }
    }
    guard let key = try? SigningKey(bytes: bytes) else {
      throw SandlotError(
        .failedPrecondition,
        "The signing key '\(path)' has \(bytes.count) bytes, and not \(byteCount).",
        hint: "Restore it, or remove it: the next start makes a new key, and clients that run must "
          + "look their sandboxes up again.")
    }
    return key
  }
}
