import Errors
import Foundation
import GRPCCore
import Images
import OperatorProtocol
import SwiftProtobuf

/// The service of the images that a server has built: translates between messages and use-cases and
/// decides nothing.
public struct ImageLibraryPlane: Sandlot_Operator_ImageLibrary.SimpleServiceProtocol {
  private let images: ImageService
  let bases: BaseLibrary

  /// A plane over the images and what they are built on.
  public init(images: ImageService, bases: BaseLibrary) {
    self.images = images
    self.bases = bases
  }

  /// All images, the most recently used first.
  public func listImages(
    request: Sandlot_Operator_ListImagesRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_ListImagesResponse {
    let overview = try await images.overview()
    return .with {
      $0.images = overview.images.map(Sandlot_Operator_ImageSummary.init)
      $0.totalBytes = overview.totalBytes
      $0.budgetBytes = overview.budgetBytes
      $0.cachedSteps = Int64(overview.cachedSteps)
      $0.time = Google_Protobuf_Timestamp(date: Date())
    }
  }

  /// All that is known of one.
  public func inspectImage(
    request: Sandlot_Operator_InspectImageRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_ImageDetails {
    Sandlot_Operator_ImageDetails(try await images.details(request.id))
  }

  /// Removes an image that nothing uses.
  public func removeImage(
    request: Sandlot_Operator_RemoveImageRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_RemovedImages {
    Sandlot_Operator_RemovedImages(try await images.remove(request.id))
  }

  /// Removes images and cached steps that nothing uses.
  public func pruneImages(
    request: Sandlot_Operator_PruneImagesRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_RemovedImages {
    guard request.unusedSeconds >= 0 else {
      throw SandlotError(
        .invalidArgument, "\(request.unusedSeconds) seconds is no time to be unused.")
    }
    return Sandlot_Operator_RemovedImages(
      try await images.collect(unusedFor: TimeInterval(request.unusedSeconds)))
  }
}

extension Sandlot_Operator_ImageSummary {
  init(_ overview: ImageOverview) {
    self.init()
    id = overview.row.id
    state = overview.row.state.rawValue
    text = overview.text
    createdAt = Google_Protobuf_Timestamp(date: overview.row.createdAt)
    lastUsedAt = Google_Protobuf_Timestamp(date: overview.row.lastUsedAt)
    layers = Int32(clamping: overview.row.layers.count)
    bytes = overview.bytes
    ownBytes = overview.ownBytes
    uses = overview.uses
  }
}

extension Sandlot_Operator_ImageDetails {
  init(_ details: ImageDetails) {
    self.init()
    let row = details.overview.row
    summary = .init(details.overview)
    if let parent = row.parent { parentID = parent }
    config = row.config
    layers = details.layers.map { layer in
      .with {
        $0.name = layer.name
        $0.bytes = layer.bytes
        $0.images = Int32(clamping: layer.images)
      }
    }
    steps = row.steps.map { step in
      .with {
        $0.number = Int32(clamping: step.number)
        $0.text = step.text
        $0.outcome = step.outcome.rawValue
        if let reason = step.reason { $0.reason = reason }
        if let seconds = step.seconds { $0.seconds = seconds }
      }
    }
    warnings = row.warnings
    if let failure = row.failure { self.failure = failure }
  }
}

extension Sandlot_Operator_RemovedImages {
  init(_ collection: ImageCollection) {
    self.init()
    images = Int32(clamping: collection.images)
    cachedSteps = Int32(clamping: collection.cachedSteps)
    layers = Int32(clamping: collection.layers)
    bytes = collection.bytes
  }
}
