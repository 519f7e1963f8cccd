import Errors
import Glibc
import Logging
import NIOPosix
import SystemPackage

/// The templates on disk: finds, checks, keeps and evicts them.
///
/// A template is checked against its checksums before its first use by a server, and again when its
/// files were touched since; what does not match is removed and never used.
actor TemplateStore {
  private let directory: FilePath
  private let budgetBytes: Int64
  private let logger: Logger
  private let computeKey: @Sendable () throws -> TemplateKey
  private var key: TemplateKey?
  private var checked: [MachineProfile: (template: Template, fingerprint: [Int])] = [:]
  /// The checks under way.
  private var checks: [MachineProfile: Task<Template?, Never>] = [:]

  /// A store in a directory of its own.
  ///
  /// - Parameters:
  ///   - budgetBytes: What all templates together may occupy on the disk.
  ///   - key: Computes what names the templates; asked once, when the first is needed.
  init(
    directory: FilePath, budgetBytes: Int64, logger: Logger,
    key: @escaping @Sendable () throws -> TemplateKey
  ) {
    self.directory = directory
    self.budgetBytes = budgetBytes
    self.logger = logger
    computeKey = key
  }

  /// A template that can be used now; nil where there is none.
  func template(for profile: MachineProfile) async throws -> Template? {
    if let known = checked[profile] {
      if known.template.fingerprint == known.fingerprint {
        touch(known.template)
        return known.template
      }
      logger.warning("the template \(known.template.directory) was changed by somebody")
      checked[profile] = nil
    }
    let path = try await self.path(for: profile)
    let check = checks[profile] ?? beginCheck(of: path, for: profile)
    return await check.value
  }

  /// Checks what is on disk in a task of its own, which nobody who waits for it can cancel: what was
  /// not checked to its end must not be taken for damaged.
  private func beginCheck(of path: FilePath, for profile: MachineProfile) -> Task<Template?, Never>
  {
    let task = Task {
      defer { checks[profile] = nil }
      return await check(path, for: profile)
    }
    checks[profile] = task
    return task
  }

  private func check(_ path: FilePath, for profile: MachineProfile) async -> Template? {
    guard HostFiles.exists(path) else { return nil }
    do {
      let (template, fingerprint) = try await NIOThreadPool.singleton.runIfActive {
        // Taken first: who changes a file meanwhile is found out.
        let fingerprint = Template.fingerprint(of: path)
        return (try Template.verified(in: path), fingerprint)
      }
      checked[profile] = (template, fingerprint)
      touch(template)
      return template
    } catch {
      logger.warning("a template is removed and will be made anew: \(error)")
      remove(path)
      return nil
    }
  }

  /// An empty directory to make a template in.
  func makeDraft(for profile: MachineProfile) async throws -> FilePath {
    try HostFiles.makeDirectory(directory)
    try HostFiles.setPermissions(0o700, of: directory)
    let name = try await path(for: profile).lastComponent?.string ?? "template"
    let draft = directory.appending(".\(name)")
    remove(draft)
    try HostFiles.makeDirectory(draft)
    return draft
  }

  /// Keeps what was made in a draft, and evicts what exceeds the budget, the least recently used
  /// first.
  func adopt(_ draft: FilePath, for profile: MachineProfile) async throws {
    let path = try await path(for: profile)
    remove(path)
    try HostFiles.rename(draft, to: path)
    evict(except: path)
  }

  /// Forgets a template that could not be restored.
  func discard(_ template: Template) {
    checked[template.description.profile] = nil
    remove(template.directory)
  }

  /// Removes a directory and the files in it; clones that have them open go on.
  nonisolated func remove(_ path: FilePath) {
    for name in (try? HostFiles.names(in: path)) ?? [] { unlink(path.appending(name).string) }
    rmdir(path.string)
  }

  private func path(for profile: MachineProfile) async throws -> FilePath {
    if let key { return directory.appending(key.text(for: profile)) }
    let computeKey = computeKey
    let key = try await NIOThreadPool.singleton.runIfActive { try computeKey() }
    self.key = key
    return directory.appending(key.text(for: profile))
  }

  /// The time of the last use is that of its description.
  private func touch(_ template: Template) {
    utimes(Template.description(in: template.directory).string, nil)
  }

  private func evict(except kept: FilePath) {
    let names = ((try? HostFiles.names(in: directory)) ?? []).filter { !$0.hasPrefix(".") }
    var all = names.map { name -> (path: FilePath, bytes: Int64, used: Int) in
      let path = directory.appending(name)
      var status = stat()
      let found = stat(Template.description(in: path).string, &status) == 0
      let files = [Template.memory(in: path), Template.state(in: path)]
      let bytes = files.reduce(Int64(0)) { $0 + ((try? HostFiles.allocatedBytes(of: $1)) ?? 0) }
      return (path, bytes, found ? status.st_mtim.tv_sec : 0)
    }
    all.sort { $0.used > $1.used }
    var total = all.reduce(0) { $0 + $1.bytes }
    while total > budgetBytes, let oldest = all.popLast() {
      guard oldest.path != kept else { continue }
      logger.info("evicting the template \(oldest.path), used least lately")
      remove(oldest.path)
      checked = checked.filter { $0.value.template.directory != oldest.path }
      total -= oldest.bytes
    }
  }
}
