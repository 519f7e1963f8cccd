import API
import Apps
import Edge
import Errors
import Foundation
import Images
import Logging
import Machines
import Mounts
import Operator
import Router
import Sandboxes
import Secrets
import ServiceLifecycle
import Settings
import Store
import SystemPackage
import Tokens

/// Both planes of a server and the use-cases below them, put together.
struct Planes: Sendable {
  let images: ImageService
  private let bases: BaseLibrary
  private let apps: AppRegistry
  private let sandboxes: Sandboxes
  private let secrets: Secrets
  private let mounts: Mounts
  private let imageNames: ImageNames
  private let credentials: Credentials
  private let tokens: AccessTokens
  private let logger: Logger

  init(
    settings: Settings, directory: DataDirectory, host: MachineHost, memory: MemoryLedger,
    base: BaseImage, logger: Logger
  ) async throws {
    let store = try Store(path: directory.database.string)
    let mounts = try Mounts(
      store: store, directory: directory.files, limits: MountLimits(settings),
      pythonMirror: settings.pythonMirror, logger: logger)
    var buildLimits = BuildLimits(settings)
    // On a small host a build gets what there is rather than nothing.
    buildLimits.memoryMiB = min(buildLimits.memoryMiB, memory.budgetMiB)
    let layers = LayerStore(directory: directory.layers)
    let bases = try BaseLibrary(
      store: store, layers: layers,
      importer: DiskImporter(
        layers: layers, unpacker: try GuestFiles.unpacker(),
        directory: directory.registry.appending("unpacking"),
        diskBytes: host.configuration.diskBytes, limits: ImportLimits(settings)),
      registries: RegistrySettings(settings),
      standIn: DebianBaseResolver(base: base, layers: layers), directory: directory.registry,
      debianMirror: settings.debianMirror)
    let images = ImageService(
      store: store, layers: layers, launcher: host, memory: memory,
      bases: bases, mounts: mounts,
      toolBase: base.resolved, uses: ImageUsers(store: store), logs: directory.builds,
      libraryLimits: LibraryLimits(settings),
      limits: buildLimits, logger: logger)
    let sandboxes = Sandboxes(
      store: store, images: ImageCatalogue(images: images),
      files: MountCatalogue(mounts: mounts), launcher: host, memory: memory,
      directory: directory.spools,
      logs: Logs(
        directory: directory.logs, limits: LogLimits(settings), logger: logger),
      limits: SandboxLimits(host: .current()),
      usage: UsageOptions(
        rates: BillingRates(
          perCoreSecond: settings.cpuRate, perGiBSecond: settings.memoryRate)),
      logger: logger)
    self.mounts = mounts
    imageNames = ImageNames(store: store)
    self.images = images
    self.bases = bases
    self.sandboxes = sandboxes
    apps = AppRegistry(store: store, logger: logger) { await sandboxes.terminateAll(appID: $0) }
    secrets = Secrets(
      store: store,
      key: try SealingKey.loadOrCreate(at: directory.secrets.appending("sealing-key").string))
    credentials = try ClientEnvironment.credentials(settings)
    tokens = await AccessTokens(
      key: try SigningKey.loadOrCreate(at: directory.secrets.appending("signing-key").string))
    self.logger = logger
  }

  /// Settles what a former server left unfinished; says so in sentences for people.
  func recover() async throws -> [String] {
    try await bases.clear()
    try await apps.recoverAfterRestart()
    let builds = try await images.recoverAfterRestart()
    return builds + (try await sandboxes.recoverAfterRestart())
  }

  /// What runs while the server serves.
  func services(sockets: ListeningSockets, host: String) async throws -> [any Service] {
    let uploads = Uploads(mounts: mounts)
    let controlPlane = ControlPlane(
      apps: apps, images: images, sandboxes: sandboxes, secrets: secrets,
      imageNames: imageNames, mounts: mounts,
      uploads: uploads, tokens: tokens, tokenID: credentials.id,
      routerAddress: RouterAddress(host: host, port: sockets.calls.port),
      uploadAddress: UploadAddress(host: host, port: sockets.uploads.port))
    return [
      AppCaretaker(apps: apps),
      UsageCaretaker(sandboxes: sandboxes, logger: logger),
      LogCaretaker(sandboxes: sandboxes),
      ImageCaretaker(images: images, bases: bases, logger: logger),
      SecretCaretaker(secrets: secrets, logger: logger),
      MountCaretaker(mounts: mounts, logger: logger),
      UploadService(
        server: UploadServer(uploads: uploads, logger: logger), socket: sockets.uploads),
      RPCService(
        socket: sockets.calls, controlPlane: controlPlane,
        router: CommandRouter(sandboxes: sandboxes, secrets: secrets, tokens: tokens),
        operatorPlane: OperatorPlane(apps: apps, sandboxes: sandboxes),
        imageLibrary: ImageLibraryPlane(images: images, bases: bases),
        pythonLibrary: PythonLibraryPlane(mounts: mounts), credentials: credentials, logger: logger),
      // The last one is the first to be shut down.
      SandboxKeeper(planes: self),
    ]
  }

  /// Ends every sandbox and build.
  func shutDown() async {
    await images.shutDown()
    await bases.shutDown()
    await sandboxes.shutDown()
  }
}

extension MountLimits {
  /// The usual limits with those that an operator has set.
  init(_ settings: Settings) {
    self.init()
    fileBytes = Int64(settings.fileLimit) << 20
    mountBytes = Int64(settings.mountLimit) << 20
  }
}
