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
  private static let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
  private static let end = Array("-----END CERTIFICATE-----".utf8)
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Each certificate from its first to its last line, with a line end.
  package let blocks: [[UInt8]]

  /// The certificates in a text; what stands between them is left out.
  ///
  /// Bytes, not characters: under emulation, looking for the borders of characters would be a good
  /// part of a machine's start.
  package init(pem: [UInt8]) {
    var blocks: [[UInt8]] = []
    var current: [UInt8]?
    for line in pem.split(whereSeparator: { $0 == Self.lineFeed || $0 == Self.carriageReturn }) {
      if line.elementsEqual(Self.begin) { current = [] }
      current?.append(contentsOf: line)
      current?.append(Self.lineFeed)
      if line.elementsEqual(Self.end), let block = current {
        blocks.append(block)
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
    if files.allSatisfy({ SmallFile.read($0.path) == $0.block }) { return }
    try Directories.make(directory)
    for file in files { try SmallFile.replace(file.path, with: file.block) }
    try Directories.make(root + Self.bundleDirectory)
    let addition = missing(from: SmallFile.read(root + Self.bundle) ?? [])
    if !addition.isEmpty { try SmallFile.append(addition, to: root + Self.bundle) }
    // An image without OpenSSL lacks the directory, and one with a file of its own keeps it.
    symlink(Self.bundle, "\(root)\(Self.openSSLDirectory)/cert.pem")
  }

  /// What must be appended to a bundle for it to hold all of them.
  package func missing(from bundle: [UInt8]) -> [UInt8] {
    let text = Array(blocks.filter { !Self.contains(bundle, $0) }.joined())
    let needsLineEnd = bundle.last.map { $0 != Self.lineFeed } ?? false
    return text.isEmpty || !needsLineEnd ? text : [Self.lineFeed] + text
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
