import Edge
import Errors
import Foundation
import GRPCCore
import ModalProtocol
import Mounts

extension ControlPlane {
  /// Says where to upload a content that is too large for a message.
  public func blobCreate(
    request: Modal_Client_BlobCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_BlobCreateResponse {
    let plan = try uploads.plan(try BlobDigests(request))
    let address = uploadAddress.address(for: .current)
    return .with {
      $0.blobIds = [plan.blobID]
      if address.isLocal {
        $0.uploadUrls = .with { $0.items = [address.url + plan.target] }
      } else {
        // The SDK sends to a host that it knows nothing of only in parts; one is enough.
        $0.multiparts = .with {
          $0.items = [
            .with {
              $0.partLength = max(request.contentLength, 1)
              $0.uploadUrls = [address.url + plan.target]
              $0.completionURL = address.url + plan.completion
            }
          ]
        }
      }
    }
  }
}

extension BlobDigests {
  /// Throws `SandlotError.invalidArgument` where the digests are none.
  fileprivate init(_ request: Modal_Client_BlobCreateRequest) throws(SandlotError) {
    guard let sha256 = Data(base64Encoded: request.contentSha256Base64), sha256.count == 32 else {
      throw SandlotError(
        .invalidArgument, "'\(request.contentSha256Base64.prefix(100))' is no SHA-256 in Base64.")
    }
    guard let md5 = Data(base64Encoded: request.contentMd5), [0, 16].contains(md5.count) else {
      throw SandlotError(
        .invalidArgument, "'\(request.contentMd5.prefix(100))' is no MD5 in Base64.")
    }
    self.init(
      sha256: sha256.hexadecimal, md5: md5.hexadecimal, size: request.contentLength)
  }
}

extension Data {
  fileprivate var hexadecimal: String {
    map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
