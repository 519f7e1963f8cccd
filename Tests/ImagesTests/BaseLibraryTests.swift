import Dockerfile
import Errors
import Foundation
import Images
import Machines
import Store
import SystemPackage
import Testing

/// Without a registry: nothing listens at the port that these names lead to.
@Suite struct BaseLibraryTests {
  private static let absent = "127.0.0.1:1/team/app:1"

  private func with(_ body: (BaseLibrary, Store) async throws -> Void) async throws {
    try await Fixture.with { fixture in
      let base = BaseImage(
        path: fixture.directory.appending("base.qcow2"), pythonVersion: "3.11.2", identity: "digest"
      )
      let registry = fixture.directory.appending("registry")
      let library = try BaseLibrary(
        store: fixture.store, layers: fixture.layers,
        importer: DiskImporter(
          layers: fixture.layers, unpacker: "/nonexistent",
          directory: registry.appending("unpacking"),
          diskBytes: 4 << 30),
        registries: Self.settings,
        standIn: DebianBaseResolver(base: base, layers: fixture.layers), directory: registry,
        debianMirror: "http://127.0.0.1:1")
      try await body(library, fixture.store)
    }
  }

  private static var settings: RegistrySettings {
    var settings = RegistrySettings()
    // docker.io must not be asked by a test.
    settings.mirror = "127.0.0.1:1"
    return settings
  }

  private func keep(_ store: Store, _ name: String, _ kind: BaseNameRow.Kind, id: String)
    async throws
  {
    let config = String(
      decoding: try JSONEncoder().encode(ImageConfig(workingDirectory: "/\(id)")), as: UTF8.self)
    try await store.save(
      BaseImageRow(
        id: id, reference: name, source: .registry, config: config, layers: [], createdAt: Date()),
      as: BaseNameRow(name: name, kind: kind, target: id, createdAt: Date()))
  }

  @Test func whatWasLookedUpNeedsNoRegistry() async throws {
    try await with { library, store in
      try await keep(store, Self.absent, .pin, id: "pinned")
      let base = try await library.resolve(BaseRequest(Self.absent))
      #expect(base.source == .image("pinned") && base.config.workingDirectory == "/pinned")
      #expect(base.warnings.isEmpty)
      let refreshed = try await library.resolve(BaseRequest(Self.absent, refresh: true))
      #expect(refreshed.source == .image("pinned"))
      #expect(refreshed.warnings.first?.contains("as it was looked up before") == true)
    }
  }

  @Test func anImportedImageGoesBeforeTheRegistrys() async throws {
    try await with { library, store in
      try await keep(store, Self.absent, .pin, id: "pinned")
      try await keep(store, Self.absent, .local, id: "local")
      #expect(try await library.resolve(BaseRequest(Self.absent)).source == .image("local"))
      #expect(try await library.forget(Self.absent))
      #expect(try await library.forget(Self.absent) == false)
    }
  }

  @Test func aliasesAreFollowed() async throws {
    try await with { library, store in
      try await keep(store, "docker.io/library/real:1", .local, id: "real")
      try await library.alias("app", to: "middle:2")
      try await library.alias("middle:2", to: "real:1")
      #expect(try await library.resolve(BaseRequest("app")).source == .image("real"))
      try await library.alias("real:1", to: "app")
      let error = await #expect(throws: SandlotError.self) {
        try await library.resolve(BaseRequest("app"))
      }
      #expect(error?.message.contains("circle") == true)
    }
  }

  @Test func whereNoRegistryIsReachedDebiansBaseStandsIn() async throws {
    try await with { library, _ in
      let base = try await library.resolve(BaseRequest("python:3.11.4-slim-bookworm"))
      guard case .disk = base.source else {
        Issue.record("\(base.source)")
        return
      }
      #expect(base.warnings.first?.contains("stands in") == true)
      let error = await #expect(throws: SandlotError.self) {
        try await library.resolve(BaseRequest("ubuntu:24.04"))
      }
      #expect(error?.code == .failedPrecondition)
      #expect(
        error?.message.contains("docker.io") == true
          && error?.hint?.contains("image import") == true)
    }
  }

  @Test func aRegistryThatWasUnreachableIsNotAskedAgainAtOnce() async throws {
    try await with { library, _ in
      for _ in 0..<2 {
        let error = await #expect(throws: SandlotError.self) {
          try await library.resolve(BaseRequest(Self.absent))
        }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message.contains("127.0.0.1:1 cannot be reached") == true)
      }
      await #expect(throws: SandlotError.self) { try await library.place(of: Self.absent) }
    }
  }
}

extension BaseLibrary {
  /// Where a reference is looked up; throws where it is not asked.
  fileprivate func place(of text: String) throws {
    _ = try place(of: try ImageReference(text))
  }
}
