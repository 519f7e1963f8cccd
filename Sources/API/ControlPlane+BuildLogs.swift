import Errors
import Foundation
import GRPCCore
import Images
import ModalProtocol
import SwiftProtobuf

/// The tasks that build images, as far as clients know them: the SDK reads a build's log as that of a
/// task. There is one to an image, whose id says which.
enum BuilderTask {
  /// The app that all of them are told to belong to.
  static let appID = "ap-" + String(repeating: "0", count: 22)
  private static let suffix = "B"

  /// The task that built an image.
  static func id(ofImage imageID: String) -> String { "ta-\(imageID.dropFirst(3))\(suffix)" }

  /// The image that a task built; nil for a task that builds none.
  static func image(ofTask id: String) -> String? {
    guard id.hasPrefix("ta-"), id.hasSuffix(suffix), id.count == 30 else { return nil }
    return "im-\(id.dropFirst(3).dropLast())"
  }
}

extension ControlPlane {
  /// The images that lead to one, and the tasks that built them.
  public func imageBuildChainGet(
    request: Modal_Client_ImageBuildChainGetRequest, context: ServerContext
  ) async throws -> Modal_Client_ImageBuildChainGetResponse {
    let chain = try await images.buildChain(of: request.imageID)
    return .with {
      $0.buildSteps = chain.map { step in
        .with {
          $0.imageID = step.imageID
          $0.startedAt = Google_Protobuf_Timestamp(date: step.startedAt)
          // What was written last belongs to the build too.
          $0.finishedAt = Google_Protobuf_Timestamp(date: step.finishedAt.addingTimeInterval(1))
          $0.builderAppID = BuilderTask.appID
          $0.builderTaskID = BuilderTask.id(ofImage: step.imageID)
        }
      }
    }
  }

  /// The newest entries of a build's log.
  func buildLogs(
    ofImage imageID: String, _ request: Modal_Client_AppFetchLogsRequest, limit: Int
  ) async throws -> Modal_Client_AppFetchLogsResponse {
    var window = BuildLogWindow(request.source, search: request.searchText)
    if request.hasSince { window.since = request.since.date }
    if request.hasUntil { window.until = request.until.date }
    let logs = window.select(try await images.buildLog(of: imageID)).suffix(limit)
    guard !logs.isEmpty else { return Modal_Client_AppFetchLogsResponse() }
    return .with {
      $0.batches = [
        .with {
          $0.taskID = request.taskID
          $0.items = logs.map(Modal_Client_TaskLogs.init)
        }
      ]
    }
  }

  /// How many entries of a build's log there are in each span of a time.
  func countBuildLogs(
    ofImage imageID: String, _ request: Modal_Client_AppCountLogsRequest
  ) async throws -> Modal_Client_AppCountLogsResponse {
    var window = BuildLogWindow(request.source, search: request.searchText)
    if request.hasSince { window.since = request.since.date }
    if request.hasUntil { window.until = request.until.date }
    let span = Double(request.bucketSecs)
    let counted = Dictionary(
      grouping: window.select(try await images.buildLog(of: imageID))
    ) { Int64(($0.time.timeIntervalSince1970 / span).rounded(.down) * span) }
    return .with {
      $0.appID = request.appID
      $0.buckets = counted.sorted { $0.key < $1.key }.map { start, logs in
        func count(_ stream: BuildLog.Stream) -> UInt64 {
          UInt64(logs.count { $0.stream == stream })
        }
        return .with {
          $0.bucketStartAt = Google_Protobuf_Timestamp(seconds: start)
          $0.stdoutLogs = count(.standardOutput)
          $0.stderrLogs = count(.standardError)
          $0.systemLogs = count(.info)
        }
      }
    }
  }
}
