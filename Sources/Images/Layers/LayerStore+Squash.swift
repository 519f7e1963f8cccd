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
    return try await merge(1..<names.count, of: names)
  }

  /// Makes one new layer of those in a range, which does not begin at the lowest; returns the new chain.
  func merge(_ range: Range<Int>, of names: [String]) async throws -> [String] {
    let below = names[..<range.lowerBound]
    let merged = try await copy(path(names[range.lowerBound])) { merged in
      // The copies are looked at, since no machine's QEMU can write to them any more.
      try QCOW2Header.check(merged)
      for name in names[range].dropFirst() {
        try await copy(path(name)) { upper in
          try QCOW2Header.check(upper)
          let chain = try Self.chain(paths(Array(below)) + [merged, upper])
          try await Self.qemuImg.run(["commit", "-q", "-d", chain])
        }
      }
      return try adopt(merged)
    }
    return below + [merged] + names[range.upperBound...]
  }

  /// The same disk in so many layers at most, as cheaply as can be: of neighbours as many as must be
  /// become one, those that take the least on disk. So large layers stay shared with other images.
  package func shorten(_ names: [String], to depth: Int) async throws -> [String] {
    guard names.count > depth, depth >= 2 else { return names }
    // Half of the room is made at once, or the next snapshot would want it again.
    let width = names.count - depth / 2
    let sizes = try names.map { try size(of: [$0]) }
    let starts = 1...(names.count - width)
    let start = starts.min { sizes[$0..<$0 + width].total < sizes[$1..<$1 + width].total }
    return try await merge((start ?? 1)..<(start ?? 1) + width, of: names)
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

extension ArraySlice<Int64> {
  fileprivate var total: Int64 { reduce(0, +) }
}
