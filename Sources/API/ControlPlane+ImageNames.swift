import Errors
import Foundation
import GRPCCore
import Images
import ModalProtocol
import Store
import SwiftProtobuf

extension ControlPlane {
  /// The largest page of names or of a name's history.
  private static let pageSize = 100

  /// The image that a name means.
  public func imageGetByTag(
    request: Modal_Client_ImageGetByTagRequest, context: ServerContext
  ) async throws -> Modal_Client_ImageGetByTagResponse {
    let (name, environment) = try await imageName(request.tag, request.environmentName)
    let id = try await imageNames.image(name, environment: environment)
    return .with { $0.imageID = id }
  }

  /// Makes a name mean an image.
  public func imagePublish(
    request: Modal_Client_ImagePublishRequest, context: ServerContext
  ) async throws -> Modal_Client_ImagePublishResponse {
    guard !request.allowPublic else {
      throw SandlotError(
        .unimplemented, "Images cannot be made public: every client of this server sees all names.",
        hint: "Leave the option out.")
    }
    let (name, environment) = try await imageName(request.tag, request.environmentName)
    let image = try await images.image(request.imageID)
    let revision = try await imageNames.publish(
      image.id, as: name, environment: environment, by: tokenID)
    return .with {
      $0.imageID = image.id
      $0.revisionID = revision
    }
  }

  /// A page of names.
  public func imageListTags(
    request: Modal_Client_ImageListTagsRequest, context: ServerContext
  ) async throws -> Modal_Client_ImageListTagsResponse {
    let environment = try await apps.environment(named: request.environmentName).name
    let limit = Self.limit(request.maxObjects)
    let rows = try await imageNames.list(
      environment: environment, prefix: request.tagPrefix,
      imageID: request.imageID.isEmpty ? nil : request.imageID, after: request.pageToken,
      limit: limit)
    return .with {
      $0.environmentName = environment
      $0.items = rows.map(Modal_Client_ImageListTagsItem.init)
      $0.nextPageToken = rows.count == limit ? rows.last?.name ?? "" : ""
    }
  }

  /// A page of what was published under a name.
  public func imageTagRevisions(
    request: Modal_Client_ImageTagRevisionsRequest, context: ServerContext
  ) async throws -> Modal_Client_ImageTagRevisionsResponse {
    let (name, environment) = try await imageName(request.tag, request.environmentName)
    guard request.pageToken.isEmpty || Int64(request.pageToken) != nil else {
      throw SandlotError(.invalidArgument, "'\(request.pageToken)' is no page of a history.")
    }
    let limit = Self.limit(request.maxObjects)
    let rows = try await imageNames.history(
      name, environment: environment, before: Int64(request.pageToken), limit: limit)
    return .with {
      $0.tag = name
      $0.environmentName = environment
      $0.items = rows.map(Modal_Client_ImageTagRevisionsItem.init)
      $0.nextPageToken = rows.count == limit ? rows.last?.number.map { "\($0)" } ?? "" : ""
    }
  }

  /// Forgets a name.
  public func imageNameDelete(
    request: Modal_Client_ImageNameDeleteRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    let (name, environment) = try await imageName(request.tag, "")
    try await imageNames.delete(name, environment: environment)
    return Google_Protobuf_Empty()
  }

  /// Removes an image.
  public func imageDelete(
    request: Modal_Client_ImageDeleteRequest, context: ServerContext
  ) async throws -> Google_Protobuf_Empty {
    _ = try await images.remove(request.imageID)
    return Google_Protobuf_Empty()
  }

  /// A name, and the environment that it or else the request says. Throws `SandlotError`:
  /// `invalidArgument`, `notFound` for an unknown environment.
  private func imageName(
    _ text: String, _ environment: String
  ) async throws -> (name: String, environment: String) {
    let name = try ImageName(text)
    let environment = name.environment.isEmpty ? environment : name.environment
    return (name.name, try await apps.environment(named: environment).name)
  }

  /// 0 is what a client sends that leaves the size of a page to the server.
  private static func limit(_ asked: UInt32) -> Int {
    asked == 0 ? pageSize : min(Int(asked), pageSize)
  }
}

extension Modal_Client_ImageListTagsItem {
  fileprivate init(_ row: ImageNameRow) {
    self.init()
    tag = row.name
    imageID = row.imageID
    revisionID = row.revision
    createdAt = row.createdAt.timeIntervalSince1970
    updatedAt = row.updatedAt.timeIntervalSince1970
    lastPublishedBy = row.publishedBy
  }
}

extension Modal_Client_ImageTagRevisionsItem {
  fileprivate init(_ row: ImageRevisionRow) {
    self.init()
    imageID = row.imageID
    revisionID = row.revision
    createdAt = row.publishedAt.timeIntervalSince1970
    publishedBy = row.publishedBy
  }
}
