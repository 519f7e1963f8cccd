import Errors
import Foundation
import Images
import Machines
import SystemPackage
import Testing

@Suite struct LayerStoreTests {
  private func withStore(_ body: (LayerStore, FilePath) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-layers-\(UUID().uuidString)")
    let layers = url.appendingPathComponent("layers")
    try FileManager.default.createDirectory(at: layers, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(LayerStore(directory: FilePath(layers.path)), FilePath(url.path))
  }

  private func file(_ name: String, in directory: FilePath, _ text: String = "x") throws -> FilePath
  {
    let path = directory.appending(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
    return path
  }

  private func mode(_ path: FilePath) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int
  }

  @Test func anAdoptedFileBecomesAReadOnlyLayer() async throws {
    try await withStore { store, directory in
      let overlay = try file("overlay", in: directory)
      let name = try store.adopt(overlay)
      #expect(!FileManager.default.fileExists(atPath: overlay.string))
      #expect(try mode(store.paths([name])[0]) == 0o444)
      #expect(store.contains([name]))
      #expect(!store.contains([name, "other"]))
      #expect(try store.size(of: [name]) > 0)
      #expect(try store.adopt(file("overlay", in: directory)) != name)
    }
  }

  @Test func aBaseStaysWhereItIsAndHasOneLayer() async throws {
    try await withStore { store, directory in
      let base = try file("base", in: directory, "old")
      let name = try await store.adoptBase(base, identity: "1")
      #expect(try await store.adoptBase(base, identity: "1") == name)
      // A newer base is renamed over the old one; the layer keeps the old one's content.
      try FileManager.default.removeItem(atPath: base.string)
      _ = try file("base", in: directory, "new")
      let newer = try await store.adoptBase(base, identity: "2")
      #expect(newer != name)
      let content = try store.paths([name, newer]).map {
        try String(contentsOfFile: $0.string, encoding: .utf8)
      }
      #expect(content == ["old", "new"])
    }
  }

  @Test func whatNobodyNamesIsRemoved() async throws {
    try await withStore { store, directory in
      let kept = try store.adopt(file("a", in: directory))
      let other = try store.adopt(file("b", in: directory))
      _ = try file(".half.new", in: store.directory)
      _ = try file("lost+found", in: store.directory)
      #expect(
        try await store.collectGarbage(referenced: [kept, "elsewhere"])
          == [".half.new", other].sorted())
      #expect(store.contains([kept]))
      #expect(try await store.collectGarbage(referenced: [kept]) == [])
    }
  }

  @Test func aFullDiskIsSaidInNumbers() async throws {
    try await withStore { store, _ in
      try store.requireFreeSpace(0)
      let error = #expect(throws: SandlotError.self) { try store.requireFreeSpace(1 << 60) }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("needs \(1 << 40) MiB") == true)
      #expect(error?.hint != nil)
    }
  }

  /// A chain of layers, each with one write of qemu-io's.
  private func chain(
    _ writes: [String], _ store: LayerStore, _ directory: FilePath
  ) async throws -> [String] {
    var chain: [String] = []
    for write in writes {
      let disk = directory.appending("disk")
      try await qemuImg("create", "-q", "-f", "qcow2", disk.string, "8M")
      let graph = try json(store.paths(chain) + [disk])
      try await Tool("qemu-io", package: "qemu-utils").run(["-c", write, graph])
      chain.append(try store.adopt(disk))
    }
    return chain
  }

  @Test(.enabled(if: Tool("qemu-img", package: "qemu-utils").locate() != nil))
  func aChainIsShortenedWhereItIsCheapest() async throws {
    try await withStore { store, directory in
      let chain = try await chain(
        [
          "write -P 1 0 1M", "write -P 2 0 4M", "write -P 3 64k 64k", "write -z 128k 64k",
          "write -P 5 64k 128k", "write -P 6 4M 2M",
        ], store, directory)
      let short = try await store.shorten(chain, to: 6)
      #expect(short == chain)
      let shorter = try await store.shorten(chain, to: 5)
      // The largest one, which others may have too, stays as it is.
      #expect(shorter.count == 3)
      #expect(Array(shorter[..<2]) == Array(chain[..<2]))
      try await qemuImg("compare", json(store.paths(chain)), json(store.paths(shorter)))
    }
  }

  @Test(.enabled(if: Tool("qemu-img", package: "qemu-utils").locate() != nil))
  func aSquashedChainHoldsTheSame() async throws {
    try await withStore { store, directory in
      let writes = [
        "write -P 1 0 1M", "write -P 2 512k 1M", "write -z 0 128k", "write -P 4 640k 64k",
      ]
      let chain = try await chain(writes, store, directory)
      let before = try store.paths(chain).map {
        try Data(contentsOf: URL(fileURLWithPath: $0.string))
      }
      let squashed = try await store.squash(chain)
      #expect(squashed.count == 2)
      #expect(squashed[0] == chain[0])
      try await qemuImg("compare", json(store.paths(chain)), json(store.paths(squashed)))
      let after = try store.paths(chain).map {
        try Data(contentsOf: URL(fileURLWithPath: $0.string))
      }
      #expect(before == after)
      #expect(try await store.collectGarbage(referenced: Set(chain + squashed)) == [])
    }
  }

  private func qemuImg(_ arguments: String...) async throws {
    try await Tool("qemu-img", package: "qemu-utils").run(arguments)
  }

  private func json(_ files: [FilePath]) throws -> String {
    let node = files.reduce("") { below, file in
      let backing = below.isEmpty ? "" : ",\"backing\":\(below)"
      return
        "{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"\(file)\"}\(backing)}"
    }
    return "json:" + node
  }
}
