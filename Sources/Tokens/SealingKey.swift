import Crypto
import Errors

/// The server's key for what it keeps of its users' secrets (ChaCha20-Poly1305).
///
/// What is sealed is bound to a label, such as the id of the row it belongs to: put anywhere else
/// it does not open.
public struct SealingKey: Sendable {
  /// The length of a key in bytes.
  public static let byteCount = 32

  private let key: SymmetricKey

  /// A key that exists already.
  ///
  /// - Throws: `invalidArgument` where it is not `byteCount` bytes long.
  public init(bytes: [UInt8]) throws(SandlotError) {
    guard bytes.count == Self.byteCount else {
      throw SandlotError(
        .invalidArgument, "A sealing key has \(Self.byteCount) bytes, and not \(bytes.count).")
    }
    key = SymmetricKey(data: bytes)
  }

  private init() { key = SymmetricKey(size: .bits256) }

  /// A new key from the system's source of randomness.
  public static func generate() -> SealingKey { SealingKey() }

  /// Reads the key from a file, or makes a new one and writes it there, for the owner's eyes only
  /// (mode 0600).
  ///
  /// The file is the bytes of the key. Its folder must exist. Several processes that do this at
  /// once all get the same key.
  ///
  /// - Throws: `failedPrecondition` where the file has another length, or others may read it;
  ///   `internal` where it cannot be read or written.
  public static func loadOrCreate(at path: String) throws(SandlotError) -> SealingKey {
    let bytes = try SecretFile(path: path, subject: "The sealing key").loadOrCreate {
      generate().key.withUnsafeBytes { Array($0) }
    }
    guard let key = try? SealingKey(bytes: bytes) else {
      throw SandlotError(
        .failedPrecondition,
        "The sealing key '\(path)' has \(bytes.count) bytes, and not \(byteCount).",
        hint:
          "Restore it: what it has sealed cannot be read without it. If you remove it, the next "
          + "start makes a new key, and all named secrets must be created again.")
    }
    return key
  }

  /// Encrypts `bytes` for `label`; another nonce each time.
  public func seal(_ bytes: [UInt8], for label: String) throws(SandlotError) -> [UInt8] {
    do {
      return Array(
        try ChaChaPoly.seal(bytes, using: key, authenticating: Array(label.utf8)).combined)
    } catch {
      throw SandlotError(.internal, "'\(label)' could not be sealed: \(error).")
    }
  }

  /// Decrypts what this key sealed for `label`.
  ///
  /// - Throws: `failedPrecondition` where another key sealed it, or for another label, or where it
  ///   was changed since.
  public func open(_ sealed: [UInt8], for label: String) throws(SandlotError) -> [UInt8] {
    do {
      let box = try ChaChaPoly.SealedBox(combined: sealed)
      return Array(try ChaChaPoly.open(box, using: key, authenticating: Array(label.utf8)))
    } catch {
      throw SandlotError(
        .failedPrecondition,
        "'\(label)' cannot be opened: the server's sealing key is not the one it was sealed with, "
          + "or it was damaged.",
        hint: "Restore the key in the data directory's folder 'secrets', or create it again.")
    }
  }
}
