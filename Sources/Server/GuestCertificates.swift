import Errors
import Foundation

/// The certificates that builds and sandboxes trust besides those of their image.
package enum GuestCertificates {
  /// Reads the files one after another.
  ///
  /// Throws `invalidArgument` for a file that cannot be read or holds no PEM certificate.
  package static func load(_ paths: [String]) throws -> [UInt8] {
    var bundle = Data()
    for path in paths {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw SandlotError(
          .invalidArgument, "The guest certificate file \(path) cannot be read.",
          hint: "Correct guest_certificates, or leave it out.")
      }
      guard data.range(of: Data("-----BEGIN CERTIFICATE-----".utf8)) != nil else {
        throw SandlotError(
          .invalidArgument, "The guest certificate file \(path) holds no PEM certificate.",
          hint: "Correct guest_certificates, or leave it out.")
      }
      bundle.append(data)
      if data.last != UInt8(ascii: "\n") { bundle.append(UInt8(ascii: "\n")) }
    }
    return Array(bundle)
  }
}
