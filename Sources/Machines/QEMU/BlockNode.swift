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
  static func placeholder(_ name: String, size: Int64, isReadOnly: Bool = false) -> BlockNode {
    BlockNode(
      "null-co", name,
      ["size": .integer(size), "read-zeroes": true]
        .merging(isReadOnly ? ["read-only": true] : [:]) { $1 })
  }

  /// A raw image that nobody writes to, from a descriptor set.
  package static func readOnlyImage(_ name: String, set: Int) -> BlockNode {
    BlockNode("raw", name, ["file": .object(file(in: set)), "read-only": true])
  }

  /// Read-only layers, each in its descriptor set, base first.
  package static func readOnlyChain(_ name: String, over sets: [Int]) -> BlockNode {
    BlockNode(
      "qcow2", name,
      [
        "file": .object(file(in: sets[sets.count - 1])), "backing": chain(sets.dropLast()),
        "read-only": true,
      ])
  }

  private static func file(in set: Int) -> [String: JSONValue] {
    ["driver": "file", "filename": .string("/dev/fdset/\(set)"), "locking": "off"]
  }

  private static func chain(_ sets: [Int]) -> JSONValue {
    sets.reduce(JSONValue.null) { backing, set in
      .object(["driver": "qcow2", "file": .object(file(in: set)), "backing": backing])
    }
  }

  /// An image that the guest writes to, over read-only layers, each in its descriptor set, base
  /// first; what it discards is freed on the host.
  ///
  /// It says no more than it must: QEMU's monitor reads a command byte by byte, at some microseconds
  /// each. Nodes below another are read-only unless they say otherwise, and need no names.
  package static func overlay(_ name: String, path: FilePath, over sets: [Int] = []) -> BlockNode {
    let file: [String: JSONValue] = [
      "driver": "file", "filename": .string(path.string), "discard": "unmap",
    ]
    return BlockNode(
      "qcow2", name, ["file": .object(file), "discard": "unmap", "backing": chain(sets)])
  }

  /// The node that the disk's device uses. A filter, so that snapshots can be put below it, and a
  /// throttle, so that limits can be set while the machine runs. What is discarded ends at the first
  /// node that does not say that it passes it on, filters included.
  static func throttle(
    _ name: String, group: String, file: String, isReadOnly: Bool = false
  ) -> BlockNode {
    BlockNode(
      "throttle", name,
      ["throttle-group": .string(group), "file": .string(file)]
        .merging(isReadOnly ? ["read-only": true] : ["discard": "unmap"]) { $1 })
  }

  /// The node as `-blockdev` takes it.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(options)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
