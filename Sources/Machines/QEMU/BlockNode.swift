import Foundation
import QMP
import SystemPackage

/// A node of QEMU's block graph, as `-blockdev` and `blockdev-add` describe one.
///
/// All nodes are made explicitly, a node's children within it, so that the backing file named in an image's header, which may be
/// anything, is never looked at.
package struct BlockNode: Sendable, Equatable {
  /// `BlockdevOptions` of the QMP manual.
  package let options: [String: JSONValue]

  private init(_ driver: String, _ name: String, _ options: [String: JSONValue]) {
    self.options = options.merging(["driver": .string(driver), "node-name": .string(name)]) { $1 }
  }

  /// A read-only file from a descriptor set. Nothing is locked: what is read never changes.
  static func readOnlyFile(_ name: String, set: Int) -> BlockNode {
    BlockNode(
      "file", name, ["filename": .string("/dev/fdset/\(set)"), "read-only": true, "locking": "off"])
  }

  /// A disk of nothing, in place of one that comes later.
  static func placeholder(_ name: String, size: Int64) -> BlockNode {
    BlockNode("null-co", name, ["size": .integer(size), "read-zeroes": true])
  }

  /// A read-only image from a descriptor set, over another or nothing.
  static func layer(_ name: String, set: Int, backing: BlockNode?) -> BlockNode {
    BlockNode(
      "qcow2", name,
      [
        "file": .object(readOnlyFile("\(name)-file", set: set).options), "read-only": true,
        "backing": backing.map { .object($0.options) } ?? .null,
      ])
  }

  /// An image that the guest writes to, over others or nothing; what it discards is freed on the
  /// host.
  static func overlay(_ name: String, path: FilePath, backing: BlockNode?) -> BlockNode {
    let file = BlockNode(
      "file", "\(name)-file", ["filename": .string(path.string), "discard": "unmap"])
    return BlockNode(
      "qcow2", name,
      [
        "file": .object(file.options), "discard": "unmap",
        "backing": backing.map { .object($0.options) } ?? .null,
      ])
  }

  /// An overlay over read-only layers, base first, each in its descriptor set.
  static func disk(
    _ name: String, layers: [(name: String, set: Int)], overlay: FilePath
  ) -> BlockNode {
    var top: BlockNode?
    for one in layers { top = layer(one.name, set: one.set, backing: top) }
    return .overlay(name, path: overlay, backing: top)
  }

  /// The node that the disk's device uses. A filter, so that snapshots can be put below it, and a
  /// throttle, so that limits can be set while the machine runs.
  static func throttle(_ name: String, group: String, file: String) -> BlockNode {
    BlockNode("throttle", name, ["throttle-group": .string(group), "file": .string(file)])
  }

  /// The node as `-blockdev` takes it.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(options)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
