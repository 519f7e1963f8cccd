import Errors
import Foundation
import Store

/// One image of a chain, and when it was built.
public struct BuildChainStep: Sendable, Equatable {
  /// `im-…`.
  public var imageID: String
  /// When its build began.
  public var startedAt: Date
  /// When its build ended, or its last output so far.
  public var finishedAt: Date
}

extension ImageService {
  /// The images that lead to one, the first parent first. Throws `SandlotError.notFound`.
  public func buildChain(of id: String) async throws -> [BuildChainStep] {
    _ = try await summary(id)
    var chain: [BuildChainStep] = []
    var next: String? = id
    // A parent may have been removed since; one image is never its own ancestor.
    while let id = next, let row = try await context.store.image(id: id) {
      let log = try await buildLog(of: id)
      chain.append(
        BuildChainStep(
          imageID: id, startedAt: log.first?.time ?? row.createdAt,
          finishedAt: log.last?.time ?? row.createdAt))
      next = row.parent
    }
    return chain.reversed()
  }

  /// What the last build of an image wrote, so far; empty where it is not kept any more. Throws
  /// `SandlotError.notFound`.
  public func buildLog(of id: String) async throws -> [BuildLog] {
    _ = try await summary(id)
    return BuildJournal.logs(at: context.log(of: id))
  }
}
