import Crypto
import Foundation
import Machines

/// The right to upload one content until some time, as it stands in an address: whoever has the
/// address needs no token.
struct UploadTicket: Sendable, Equatable {
  /// The content.
  var sha256: String
  /// Its MD5 in hexadecimal; empty where the client has not computed it.
  var md5: String
  /// Its bytes.
  var length: Int64
  /// When the right ends, in seconds since 1970.
  var expires: Int64
  /// What may be done: the content itself is sent, or an upload in parts is said to be complete.
  var action: Action

  enum Action: String, Sendable {
    case put
    case complete
  }

  /// Path and query of an address.
  func target(key: SymmetricKey) -> String {
    "/uploads/\(sha256)?action=\(action.rawValue)&md5=\(md5)&length=\(length)&expires=\(expires)"
      + "&signature=\(signature(key))"
  }

  /// Reads a path with its query; nil where it is no address that this server made.
  init?(target: String, key: SymmetricKey) {
    guard let components = URLComponents(string: target), components.path.hasPrefix("/uploads/")
    else { return nil }
    let items = components.queryItems ?? []
    func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
    guard let action = value("action").flatMap(Action.init), let md5 = value("md5"),
      let length = value("length").flatMap(Int64.init),
      let expires = value("expires").flatMap(Int64.init), let signature = value("signature")
    else { return nil }
    self.init(
      sha256: String(components.path.dropFirst("/uploads/".count)), md5: md5, length: length,
      expires: expires, action: action)
    guard let given = Self.bytes(ofHexadecimal: signature),
      HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: Data(signed.utf8), using: key)
    else { return nil }
  }

  init(sha256: String, md5: String, length: Int64, expires: Int64, action: Action) {
    self.sha256 = sha256
    self.md5 = md5
    self.length = length
    self.expires = expires
    self.action = action
  }

  private var signed: String { "\(action.rawValue) \(sha256) \(md5) \(length) \(expires)" }

  private func signature(_ key: SymmetricKey) -> String {
    HostFiles.hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key))
  }

  private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
