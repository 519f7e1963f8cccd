import Crypto
import Errors
import Foundation

/// Hands out addresses for uploads and takes what comes there.
public struct Uploads: Sendable {
  /// What the SDK sends for the MD5 of a file that it thinks too large to compute one.
  private static let placeholder = String(repeating: "baad", count: 8)

  let mounts: Mounts
  /// Addresses are valid for the life of a server's process: uploads do not survive it either.
  private let key = SymmetricKey(size: .bits256)
  private let now: @Sendable () -> Date

  /// Uploads into the blobs of these mounts.
  public init(mounts: Mounts, now: @escaping @Sendable () -> Date = { Date() }) {
    self.mounts = mounts
    self.now = now
  }

  /// How a client is to send a content.
  public struct Plan: Sendable, Equatable {
    /// The id of the content.
    public var blobID: String
    /// Where to PUT it: path and query.
    public var target: String
    /// Where to POST that it is complete, for clients that upload in parts.
    public var completion: String
  }

  /// Plans the upload of a content.
  ///
  /// Throws `SandlotError`: `invalidArgument` for what cannot be, `resourceExhausted` for one that is
  /// too large.
  public func plan(_ content: BlobDigests) throws(SandlotError) -> Plan {
    try Mounts.check(content.sha256)
    guard content.size >= 0 else {
      throw SandlotError(.invalidArgument, "A content cannot have \(content.size) bytes.")
    }
    try mounts.checkSize(content.size)
    let expires = now().addingTimeInterval(mounts.limits.uploadTime).timeIntervalSince1970
    var ticket = UploadTicket(
      sha256: content.sha256, md5: content.md5 == Self.placeholder ? "" : content.md5,
      length: content.size, expires: Int64(expires), action: .put)
    let target = ticket.target(key: key)
    ticket.action = .complete
    return Plan(
      blobID: Mounts.blobPrefix + content.sha256, target: target,
      completion: ticket.target(key: key))
  }

  /// Reads an address. Throws an answer for whoever may not use it.
  func ticket(_ target: String) throws(UploadAnswer) -> UploadTicket {
    guard let ticket = UploadTicket(target: target, key: key) else {
      throw UploadAnswer(
        .forbidden,
        "This is no address that the server gave out since it was started. Run the program again.")
    }
    guard ticket.expires >= Int64(now().timeIntervalSince1970) else {
      throw UploadAnswer(.forbidden, "The address has expired. Run the program again.")
    }
    return ticket
  }

  /// Takes a file that was sent; the answer says its MD5.
  func take(_ file: BlobFile, _ ticket: UploadTicket) throws -> UploadAnswer {
    let digests = try mounts.blobs.take(file) { digests in
      guard digests.size == ticket.length else {
        throw UploadAnswer(
          .badRequest, "\(digests.size) bytes came, and \(ticket.length) were announced.")
      }
      guard digests.sha256 == ticket.sha256, ticket.md5.isEmpty || digests.md5 == ticket.md5 else {
        throw UploadAnswer(
          .badRequest,
          "The content's SHA-256 is \(digests.sha256) and its MD5 \(digests.md5), which is not what "
            + "was announced. It was changed while it was sent: run the program again.")
      }
    }
    return UploadAnswer(.ok, "", etag: digests.md5)
  }

  /// Says that an upload in one part is complete; the answer names it as such clients expect: the MD5
  /// of the parts' MD5s and their number.
  func complete(_ ticket: UploadTicket) throws -> UploadAnswer {
    guard let path = mounts.blobs.path(of: ticket.sha256) else {
      throw UploadAnswer(.conflict, "The content has not been uploaded.")
    }
    let etag = try Self.partsTag(of: path)
    return UploadAnswer(.ok, "<ETag>\(etag)</ETag>", etag: etag)
  }
}
