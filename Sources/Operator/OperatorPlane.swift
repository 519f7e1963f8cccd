import Apps
import Errors
import Foundation
import GRPCCore
import OperatorProtocol
import Sandboxes
import SwiftProtobuf

/// The operator's service: translates between messages and use-cases and decides nothing.
public struct OperatorPlane: Sandlot_Operator_Operator.SimpleServiceProtocol {
  private let apps: AppRegistry
  private let sandboxes: Sandboxes

  /// A plane over the use-cases.
  public init(apps: AppRegistry, sandboxes: Sandboxes) {
    self.apps = apps
    self.sandboxes = sandboxes
  }

  /// How the sandboxes stand now.
  public func listSandboxes(
    request: Sandlot_Operator_ListSandboxesRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_ListSandboxesResponse {
    let overview = try await sandboxes.overview(includeFinished: request.includeFinished)
    var names: [String: String] = [:]
    for appID in Set(overview.map(\.info.appID)) {
      let app = try await apps.app(appID)
      names[appID] = app.name ?? app.description
    }
    return .with { response in
      response.time = Google_Protobuf_Timestamp(date: Date())
      response.sandboxes = overview.map {
        Sandlot_Operator_Sandbox($0, appName: names[$0.info.appID] ?? "")
      }
    }
  }

  /// The stages of a sandbox's creation.
  public func getCreateTrace(
    request: Sandlot_Operator_GetCreateTraceRequest, context: ServerContext
  ) async throws -> Sandlot_Operator_CreateTrace {
    let trace = try await sandboxes.createTrace(request.sandboxID)
    return Sandlot_Operator_CreateTrace(trace, of: request.sandboxID)
  }
}
