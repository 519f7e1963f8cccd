import Foundation
import Images
import Logging
import Machines
import Mounts
import Store
import Synchronization
import SystemPackage

/// A service with a store, layers and a fake launcher in a directory that is removed afterwards.
struct Fixture: Sendable {
  static let python = "FROM python:3.11.12-slim-bookworm"

  let directory: FilePath
  let store: Store
  let layers: LayerStore
  let launcher: FakeLauncher
  /// Enough for two builds at once.
  let memory = MemoryLedger(budgetMiB: 4096)
  let service: ImageService
  /// What uses images.
  let uses: FakeUses
  /// The time of day.
  let time: TestTime
  private let limits: BuildLimits

  static func with(
    limits: BuildLimits = .forTests, script: @escaping FakeLauncher.Script = { _ in FakeProcess() },
    _ body: (Fixture) async throws -> Void
  ) async throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-images-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    for name in ["layers", "builds", "machines", "files"] {
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    try Data("base".utf8).write(to: url.appendingPathComponent("base.qcow2"))
    let fixture = try Fixture(FilePath(url.path), limits, script)
    do {
      try await body(fixture)
      await fixture.service.shutDown()
    } catch {
      await fixture.service.shutDown()
      throw error
    }
  }

  private init(
    _ directory: FilePath, _ limits: BuildLimits, _ script: @escaping FakeLauncher.Script
  ) throws {
    self.directory = directory
    self.limits = limits
    store = try Store(path: directory.appending("store.sqlite").string)
    layers = LayerStore(directory: directory.appending("layers"))
    launcher = FakeLauncher(directory: directory.appending("machines"), script)
    uses = FakeUses()
    time = TestTime()
    service = try Self.service(directory, store, layers, launcher, memory, limits, uses, time)
  }

  /// Another server on the same data, as after a restart.
  func restarted(
    script: @escaping FakeLauncher.Script = { _ in FakeProcess() }
  ) throws -> (service: ImageService, launcher: FakeLauncher) {
    let launcher = FakeLauncher(directory: directory.appending("machines"), script)
    return (
      try Self.service(directory, store, layers, launcher, memory, limits, uses, time), launcher
    )
  }

  private static func service(
    _ directory: FilePath, _ store: Store, _ layers: LayerStore, _ launcher: FakeLauncher,
    _ memory: MemoryLedger, _ limits: BuildLimits, _ uses: FakeUses, _ time: TestTime
  ) throws -> ImageService {
    let base = BaseImage(
      path: directory.appending("base.qcow2"), pythonVersion: "3.11.2", identity: "digest")
    var libraryLimits = LibraryLimits()
    libraryLimits.totalBytes = 1 << 20
    return ImageService(
      store: store, layers: layers, launcher: launcher, memory: memory,
      bases: DebianBaseResolver(base: base, layers: layers),
      mounts: try Mounts(
        store: store, directory: directory.appending("files"), logger: Logger(label: "tests")),
      toolBase: base.resolved, uses: uses, logs: directory.appending("builds"),
      libraryLimits: libraryLimits,
      limits: limits, logger: Logger(label: "tests"), now: { time.now })
  }
}

/// What uses images is the test's will.
final class FakeUses: ImageUses {
  let known = Mutex<[String: [String]]>([:])

  func uses() async throws -> [String: [String]] { known.withLock { $0 } }
}

/// A time of day that goes on when the test says so.
final class TestTime: Sendable {
  private let value = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

  var now: Date { value.withLock { $0 } }

  func advance(hours: Double) { value.withLock { $0 += hours * 3600 } }
}

extension BuildLimits {
  /// No free space is asked for: the tests write next to nothing.
  static var forTests: BuildLimits {
    var limits = BuildLimits()
    limits.minimumFreeBytes = 0
    return limits
  }
}

extension ImageDefinition {
  /// A definition of builder version 2025.06.
  init(_ commands: String..., base: String? = nil, secrets: [String: String] = [:]) {
    self.init(
      baseImages: base.map { ["base": $0] } ?? [:], commands: commands, secrets: secrets,
      builderVersion: "2025.06")
  }
}

extension ImageService {
  /// Waits for a build; returns its output and how it ended.
  func outcome(_ id: String, after entry: Int = 0) async throws -> (log: String, ImageState?) {
    var log = ""
    for await event in try await buildEvents(id, after: entry) {
      switch event {
      case .log(_, let piece): log += piece.text
      case .finished(_, let state): return (log, state)
      }
    }
    return (log, nil)
  }

  /// Builds an image to its end.
  func build(_ definition: ImageDefinition) async throws -> Image {
    let summary = try await getOrCreate(definition)
    _ = try await outcome(summary.id)
    return try await image(summary.id)
  }

  /// Builds an image that fails; returns what its user is shown.
  func failure(of definition: ImageDefinition) async throws -> String? {
    let summary = try await getOrCreate(definition)
    guard case .failed(let failure)? = try await outcome(summary.id).1 else { return nil }
    return failure.message
  }
}
