/// The name of an entry of a layer, made harmless: its parts below the image's root.
///
/// Names are bytes: they need not be UTF-8.
package struct EntryName: Hashable, Sendable {
  /// What the bytes of a part may be at most on ext4, and of a path for the kernel.
  private static let longestPart = 255
  private static let longestPath = 4000

  /// The parts; none for the root.
  package let parts: [ArraySlice<UInt8>]

  private init(parts: [ArraySlice<UInt8>]) { self.parts = parts }

  /// Reads a name as it stands in an archive, absolute or not.
  ///
  /// Throws a refusal for one that leads out of the root, and one that no file can have.
  package init(_ bytes: [UInt8]) throws(Refusal) {
    var parts: [ArraySlice<UInt8>] = []
    for part in bytes.split(separator: UInt8(ascii: "/")) {
      switch part {
      case [UInt8(ascii: ".")]: continue
      case [UInt8(ascii: "."), UInt8(ascii: ".")]:
        guard parts.popLast() != nil else {
          throw Refusal("the name \(Self.shown(bytes)) leads out of the image")
        }
      default:
        guard part.count <= Self.longestPart else {
          throw Refusal("a part of the name \(Self.shown(bytes)) is longer than 255 bytes")
        }
        parts.append(part)
      }
    }
    guard bytes.count <= Self.longestPath else {
      throw Refusal("the name \(Self.shown(bytes)) is longer than \(Self.longestPath) bytes")
    }
    self.parts = parts
  }

  /// Why a name is refused.
  package struct Refusal: Error, Equatable {
    package let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// What an entry of this name is for (OCI image specification, "Layer Filesystem Changeset").
  package enum Purpose: Equatable, Sendable {
    /// A file, a directory, a link …
    case content
    /// Removes what lower layers have of this name.
    case whiteout(EntryName)
    /// Removes what lower layers have in this directory.
    case opaque(EntryName)
    /// Book-keeping of AUFS, which no image has use for.
    case bookkeeping
  }

  package var purpose: Purpose {
    guard let last = parts.last, last.starts(with: Self.mark) else { return .content }
    let directory = EntryName(parts: parts.dropLast())
    let rest = last.dropFirst(Self.mark.count)
    if rest.elementsEqual(Self.opaque) { return .opaque(directory) }
    if rest.starts(with: Self.mark) || rest.isEmpty { return .bookkeeping }
    return .whiteout(EntryName(parts: directory.parts + [rest]))
  }

  private static let mark = Array(".wh.".utf8)
  private static let opaque = Array(".wh..opq".utf8)

  /// A name in this directory.
  func appending(_ part: [UInt8]) -> EntryName { EntryName(parts: parts + [part[...]]) }

  /// The directory that it is in; the root for the root.
  var parent: EntryName { EntryName(parts: parts.dropLast()) }

  /// As a path from the root, without a first slash, with a final NUL.
  package var path: [CChar] {
    let joined = parts.isEmpty ? [UInt8(ascii: ".")] : Array(parts.joined(separator: [47]))
    return joined.map { CChar(bitPattern: $0) } + [0]
  }

  /// For people: in quotes, cut short, without characters that do something to a terminal.
  package static func shown(_ bytes: some Sequence<UInt8>) -> String {
    let text = String(decoding: Array(bytes.prefix(120)), as: UTF8.self)
    let harmless = text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    return "'\(harmless.joined())'"
  }

  package var shown: String { Self.shown(parts.joined(separator: [47])) }
}
