import Glibc
import GuestProtocol

/// Certificates that a root is to trust besides its own.
package struct Certificates {
  private static let directory = "/usr/local/share/ca-certificates"
  private static let bundleDirectory = "/etc/ssl/certs"
  private static let bundle = bundleDirectory + "/ca-certificates.crt"
  /// Debian's OPENSSLDIR, where OpenSSL itself, and with it Python's `ssl`, looks: in `cert.pem`,
  /// which Debian leaves out, and in a directory indexed by hashes of names.
  private static let openSSLDirectory = "/usr/lib/ssl"
  private static let begin = "-----BEGIN CERTIFICATE-----"
  private static let end = "-----END CERTIFICATE-----"

  /// Each certificate from its first to its last line, with a line end.
  package let blocks: [String]

  /// The certificates in a text; what stands between them is left out.
  package init(pem: [UInt8]) {
    var blocks: [String] = []
    var current: [Substring]?
    for line in String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line == Self.begin { current = [] }
      current?.append(line)
      if line == Self.end, let lines = current {
        blocks.append(lines.joined(separator: "\n") + "\n")
        current = nil
      }
    }
    self.blocks = blocks
  }

  /// Installs them where `update-ca-certificates` finds them, and in the bundle that most
  /// programs read, OpenSSL among them.
  ///
  /// - Parameter root: the directory of the root file system; empty for the present root.
  package func install(in root: String = "") throws(GuestFailure) {
    guard !blocks.isEmpty else { return }
    let directory = root + Self.directory
    // One to a file: tools that index certificates skip files with several.
    let files = blocks.enumerated().map { number, block in
      (path: "\(directory)/sandlot-guest\(number == 0 ? "" : "-\(number + 1)").crt", block: block)
    }
    // An image that was built here has them, and its bundle need not be searched: that takes long
    // under emulation.
    if files.allSatisfy({ SmallFile.read($0.path) == Array($0.block.utf8) }) { return }
    try Directories.make(directory)
    for file in files { try SmallFile.replace(file.path, with: file.block.utf8) }
    try Directories.make(root + Self.bundleDirectory)
    let addition = missing(from: SmallFile.read(root + Self.bundle) ?? [])
    if !addition.isEmpty { try SmallFile.append(addition, to: root + Self.bundle) }
    // An image without OpenSSL lacks the directory, and one with a file of its own keeps it.
    symlink(Self.bundle, "\(root)\(Self.openSSLDirectory)/cert.pem")
  }

  /// What must be appended to a bundle for it to hold all of them.
  package func missing(from bundle: [UInt8]) -> [UInt8] {
    let text = blocks.filter { !Self.contains(bundle, Array($0.utf8)) }.joined()
    let needsLineEnd = bundle.last.map { $0 != UInt8(ascii: "\n") } ?? false
    return text.isEmpty ? [] : Array(((needsLineEnd ? "\n" : "") + text).utf8)
  }

  private static func contains(_ bundle: [UInt8], _ block: [UInt8]) -> Bool {
    // A block starts with a dash, and few lines of a bundle do: only those are compared.
    var rest = bundle[...]
    while let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
      if rest[dash...].starts(with: block) { return true }
      rest = rest[dash...].drop { $0 == UInt8(ascii: "-") }
    }
    return false
  }
}
