import Foundation
import QMP
import SystemPackage

/// A node of QEMU's block graph, as `-blockdev` and `blockdev-add` describe one.
///
/// All nodes are made explicitly, so that the backing file named in an image's header, which may be
/// anything, is never looked at.
package struct BlockNode: Sendable, Equatable {
  /// `BlockdevOptions` of the QMP manual.
  package let options: [String: JSONValue]

  private init(_ driver: String, _ name: String, _ options: [String: JSONValue]) {
    self.options = options.merging(["driver": .string(driver), "node-name": .string(name)]) { $1 }
  }

  /// The two nodes of a read-only image that QEMU has open as a descriptor set.
  ///
  /// Nothing is locked: layers never change.
  static func layer(_ name: String, set: Int, backing: String?) -> [BlockNode] {
    [
      readOnlyFile("\(name)-file", set: set),
      BlockNode(
        "qcow2", name,
        ["file": .string("\(name)-file"), "read-only": true, "backing": node(backing)]),
    ]
  }

  /// A read-only file from a descriptor set.
  static func readOnlyFile(_ name: String, set: Int) -> BlockNode {
    BlockNode(
      "file", name, ["filename": .string("/dev/fdset/\(set)"), "read-only": true, "locking": "off"])
  }

  /// The two nodes of an overlay that the guest writes to; what it discards is freed on the host.
  static func overlay(_ name: String, path: FilePath, backing: String?) -> [BlockNode] {
    [
      BlockNode(
        "file", "\(name)-file", ["filename": .string(path.string), "discard": "unmap"]),
      BlockNode(
        "qcow2", name,
        ["file": .string("\(name)-file"), "discard": "unmap", "backing": node(backing)]),
    ]
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

  private static func node(_ name: String?) -> JSONValue { name.map { .string($0) } ?? .null }
}
