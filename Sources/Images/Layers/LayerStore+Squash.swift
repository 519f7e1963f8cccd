import Errors
import Foundation
import Machines
import SystemPackage

extension LayerStore {
  private static let qemuImg = Tool("qemu-img", package: "qemu-utils")
  private static let copyTool = Tool("cp", package: "coreutils")

  /// Makes one new layer of all but the lowest of these; returns the new chain of two.
  ///
  /// qemu-img writes to copies alone, which it may mark as it likes: existing layers stay as they
  /// are, and so do the machines that use them.
  public func squash(_ names: [String]) async throws -> [String] {
    guard names.count > 2 else { return names }
    let merged = try await copy(path(names[1])) { merged in
      // The copies are looked at, since no machine's QEMU can write to them any more.
      try QCOW2Header.check(merged)
      for name in names.dropFirst(2) {
        try await copy(path(name)) { upper in
          try QCOW2Header.check(upper)
          let chain = try Self.chain([path(names[0]), merged, upper])
          try await Self.qemuImg.run(["commit", "-q", "-d", chain])
        }
      }
      return try adopt(merged)
    }
    return [names[0], merged]
  }

  /// Makes a writable copy for the time of `body`, which may rename it.
  func copy<Value>(
    _ file: FilePath, _ body: (FilePath) async throws -> Value
  ) async throws -> Value {
    let copy = path(".\(Self.newName())\(Self.copySuffix)")
    do {
      try await Self.copyTool.run([
        "--reflink=auto", "--sparse=always", "--no-preserve=mode", file.string, copy.string,
      ])
      let value = try await body(copy)
      try LayerFiles.remove(copy)
      return value
    } catch {
      try? LayerFiles.remove(copy)
      throw error
    }
  }

  /// A chain as qemu-img takes it, the last on top: every backing file is named, whatever the
  /// headers say.
  private static func chain(_ files: [FilePath]) throws -> String {
    var node: [String: Any] = [:]
    for file in files {
      var next: [String: Any] = [
        "driver": "qcow2", "file": ["driver": "file", "filename": file.string],
      ]
      if !node.isEmpty { next["backing"] = node }
      node = next
    }
    let data = try JSONSerialization.data(
      withJSONObject: node, options: [.sortedKeys, .withoutEscapingSlashes])
    return "json:" + String(decoding: data, as: UTF8.self)
  }
}
