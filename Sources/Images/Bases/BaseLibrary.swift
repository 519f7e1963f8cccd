import Dockerfile
import Errors
import Foundation
import Machines
import Store
import SystemPackage

/// The images that `FROM` can name: those of registries, those that the operator has imported or made,
/// and for Debian's where no registry can be reached a base of packages that stands in.
///
/// A name is looked for as an alias, as a local image, as a tag that was looked up before, and then at
/// its registry.
public actor BaseLibrary: BaseResolver {
  let store: Store
  let layerStore: LayerStore
  let importer: DiskImporter
  let skopeo: Skopeo
  /// Stands in where no registry can be reached.
  let standIn: DebianBaseResolver
  /// The blobs of images, by digest.
  let blobs: FilePath
  let work: FilePath
  let mirrorOfDebian: String
  let now: @Sendable () -> Date
  /// Registries that could not be reached, until when they are not asked again.
  private var unreachable: [String: Date] = [:]
  /// Pulls that are under way, by the id of their image.
  var pulls: [String: Task<BaseImageRow, any Error>] = [:]
  /// Disk layers that are being made, by their key.
  var makings: [String: Task<String, any Error>] = [:]

  /// A library in a directory of its own; for the start of the server, when nothing is under way.
  ///
  /// - Parameters:
  ///   - directory: Where blobs are kept and images are unpacked, on the file system of the layers.
  ///   - debianMirror: Where images are made from.
  public init(
    store: Store, layers: LayerStore, importer: DiskImporter, registries: RegistrySettings,
    standIn: DebianBaseResolver, directory: FilePath, debianMirror: String,
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    self.store = store
    layerStore = layers
    self.importer = importer
    self.standIn = standIn
    self.now = now
    mirrorOfDebian = debianMirror
    blobs = directory.appending("blobs")
    work = directory.appending("work")
    for path in [directory, blobs, work] { try HostFiles.makeDirectory(path) }
    skopeo = Skopeo(settings: registries, directory: work)
  }

  /// Removes what a server left that ended in the middle.
  public func clear() async throws {
    try await importer.clear()
    for name in try HostFiles.names(in: work) {
      try await HostFiles.removeTree(work.appending(name))
    }
  }

  /// How long the blobs of an image are kept after they were fetched: its disk layers are what is used.
  private static let blobRetention: TimeInterval = 7 * 24 * 3600

  /// Removes blobs that were fetched long ago; what needs them again fetches them again. An imported
  /// image needs them no more.
  public func collect() throws {
    let directory = blobs.appending("sha256")
    guard HostFiles.exists(directory), pulls.isEmpty else { return }
    for name in try HostFiles.names(in: directory) {
      let file = directory.appending(name)
      let attributes = try FileManager.default.attributesOfItem(atPath: file.string)
      guard let date = attributes[.modificationDate] as? Date,
        now().timeIntervalSince(date) > Self.blobRetention
      else { continue }
      try HostFiles.removeFile(file)
    }
  }

  /// Ends what is under way.
  public func shutDown() async {
    for task in pulls.values { task.cancel() }
    for task in makings.values { task.cancel() }
    for task in pulls.values { _ = await task.result }
    for task in makings.values { _ = await task.result }
  }

  public func resolve(_ request: BaseRequest) async throws -> ResolvedBase {
    guard request.reference != "scratch" else {
      return ResolvedBase(
        reference: "scratch", identity: "scratch", config: .scratch, source: .scratch)
    }
    let reference = try await meaning(of: try ImageReference(request.reference))
    if let local = try await row(of: reference.name, .local) {
      return try resolved(local, request)
    }
    let pinned = try await row(of: reference.name, .pin)
    if let pinned, !request.refresh { return try resolved(pinned, request) }
    do {
      return try resolved(try await lookUp(reference, request.credentials), request)
    } catch let error as SandlotError where RegistryFailure.isUnreachable(error) {
      let explained = RegistryFailure.explained(
        error, reference, hasCredentials: request.credentials != nil)
      if let pinned {
        var base = try resolved(pinned, request)
        base.warnings.append("\(explained.message) It is built on as it was looked up before.")
        return base
      }
      return try await standIn.resolve(request, because: explained)
    } catch let error as SandlotError {
      throw RegistryFailure.explained(
        error, reference, hasCredentials: request.credentials != nil)
    }
  }

  /// What aliases make of a reference.
  private func meaning(of reference: ImageReference) async throws -> ImageReference {
    var reference = reference
    for _ in 0..<8 {
      guard let alias = try await store.baseName(reference.name, .alias) else { return reference }
      reference = try ImageReference(alias.target)
    }
    throw SandlotError(
      .failedPrecondition, "The aliases of '\(reference.name)' lead in a circle.",
      hint: "See: sandlot image bases")
  }

  private func row(of name: String, _ kind: BaseNameRow.Kind) async throws -> BaseImageRow? {
    guard let meaning = try await store.baseName(name, kind) else { return nil }
    return try await store.baseImage(id: meaning.target)
  }

  func resolved(_ row: BaseImageRow, _ request: BaseRequest) throws -> ResolvedBase {
    ResolvedBase(
      reference: request.reference, identity: "image \(row.id)",
      config: try ConfigText.decode(row.config), source: .image(row.id),
      credentials: request.credentials, warnings: row.warnings)
  }

  /// Asks the registry what a reference means, and keeps the answer.
  func lookUp(
    _ reference: ImageReference, _ credentials: RegistryCredentials?
  ) async throws -> BaseImageRow {
    let place = try place(of: reference)
    do {
      let row = try await ask(place, as: reference, credentials)
      try await store.save(
        row, as: BaseNameRow(name: reference.name, kind: .pin, target: row.id, createdAt: now()))
      return try await store.baseImage(id: row.id) ?? row
    } catch let error as SandlotError where RegistryFailure.isUnreachable(error) {
      unreachable[place.host] = now().addingTimeInterval(
        skopeo.settings.pause / .seconds(1))
      throw error
    }
  }

  /// Where a reference is looked up. Throws where that could not be reached a short while ago.
  package func place(of reference: ImageReference) throws -> ImageReference {
    let mirrored = reference.host == ImageReference.docker ? skopeo.settings.mirror : nil
    let place = mirrored.map { reference.at($0) } ?? reference
    if let until = unreachable[place.host] {
      guard until < now() else {
        throw SandlotError(
          .internal, "\(place.host) \(RegistryFailure.recently)")
      }
      unreachable[place.host] = nil
    }
    return place
  }
}
