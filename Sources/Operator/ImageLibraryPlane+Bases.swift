import Errors
import GRPCCore
import Images
import OperatorProtocol
import SwiftProtobuf

extension ImageLibraryPlane {
  /// Pulls an image of a registry.
  public func pullImage(
    request: Sandlot_Operator_PullImageRequest,
    response: RPCWriter<Sandlot_Operator_BaseProgress>, context: ServerContext
  ) async throws {
    let credentials =
      request.hasUsername
      ? RegistryCredentials(username: request.username, password: request.password) : nil
    try await follow(response) { progress in
      try await self.bases.pull(request.name, credentials: credentials, progress: progress)
    }
  }

  /// Imports an image from a file of this host.
  public func importImage(
    request: Sandlot_Operator_ImportImageRequest,
    response: RPCWriter<Sandlot_Operator_BaseProgress>, context: ServerContext
  ) async throws {
    try await follow(response) { progress in
      try await self.bases.importImage(request.name, from: request.path, progress: progress)
    }
  }

  /// Makes an image of Debian packages.
  public func bootstrapImage(
    request: Sandlot_Operator_BootstrapImageRequest,
    response: RPCWriter<Sandlot_Operator_BaseProgress>, context: ServerContext
  ) async throws {
    try await follow(response) { progress in
      try await self.bases.bootstrap(
        request.name, suite: request.suite, packages: request.packages, progress: progress)
    }
  }

  /// Lets a name mean another one.
  public func aliasImage(
    request: Sandlot_Operator_AliasImageRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_AliasImageResponse {
    try await bases.alias(request.name, to: request.target)
    return .init()
  }

  /// What names mean to FROM here.
  public func listBases(
    request: Sandlot_Operator_ListBasesRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_ListBasesResponse {
    let names = try await bases.names()
    return .with {
      $0.names = names.map { name in
        .with {
          $0.name = name.name
          $0.kind = name.kind.rawValue
          $0.target = name.target
          $0.createdAt = Google_Protobuf_Timestamp(date: name.createdAt)
        }
      }
    }
  }

  /// Forgets what a name means.
  public func forgetBase(
    request: Sandlot_Operator_ForgetBaseRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_ForgetBaseResponse {
    let wasKnown = try await bases.forget(request.name)
    return .with { $0.wasKnown = wasKnown }
  }

  /// Does something long and passes on what it says of itself, then the id that came of it.
  private func follow(
    _ response: RPCWriter<Sandlot_Operator_BaseProgress>,
    _ work: @escaping @Sendable (@escaping @Sendable (String) -> Void) async throws -> String
  ) async throws {
    let (sentences, continuation) = AsyncStream.makeStream(of: String.self)
    try await withThrowingTaskGroup(of: String?.self) { group in
      group.addTask {
        defer { continuation.finish() }
        return try await work { continuation.yield($0) }
      }
      group.addTask {
        for await sentence in sentences {
          try await response.write(.with { $0.sentence = sentence })
        }
        return nil
      }
      var id = ""
      for try await result in group { if let result { id = result } }
      try await response.write(.with { $0.id = id })
    }
  }
}
