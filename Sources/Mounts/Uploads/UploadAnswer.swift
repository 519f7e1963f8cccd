import Crypto
import Errors
import Machines
import NIOHTTP1
import SystemPackage

/// What a client of an upload is answered; thrown where it is a refusal.
struct UploadAnswer: Error, Equatable {
  var status: HTTPResponseStatus
  /// A sentence for people.
  var text: String
  /// The content's tag.
  var etag: String?

  init(_ status: HTTPResponseStatus, _ text: String, etag: String? = nil) {
    self.status = status
    self.text = text
    self.etag = etag
  }

  /// The answer to a failure.
  init(_ error: any Error) {
    switch error {
    case let answer as UploadAnswer: self = answer
    case let error as SandlotError where error.code == .resourceExhausted:
      self.init(.insufficientStorage, "\(error)")
    default: self.init(.internalServerError, "\(error)")
    }
  }

  var headers: HTTPHeaders {
    var headers = HTTPHeaders([
      ("content-type", "text/plain; charset=utf-8"), ("content-length", "\(text.utf8.count)"),
    ])
    if let etag { headers.add(name: "etag", value: "\"\(etag)\"") }
    return headers
  }
}

extension Uploads {
  /// The tag of a content that was uploaded in one part.
  static func partsTag(of path: FilePath) throws -> String {
    var md5 = Insecure.MD5()
    try HostFiles.readChunks(of: path) { md5.update(bufferPointer: $0) }
    let whole = Insecure.MD5.hash(data: Array(md5.finalize()))
    return HostFiles.hexadecimal(whole) + "-1"
  }
}
