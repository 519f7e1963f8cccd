import Errors
import Foundation
import GRPCCore
import ModalProtocol
import Sandboxes
import SwiftProtobuf

extension ControlPlane {
  /// What a sandbox used in a range of time, and what that costs.
  public func sandboxGetStats(
    request: Modal_Client_SandboxGetStatsRequest, context: ServerContext
  ) async throws -> Modal_Client_SandboxGetStatsResponse {
    let statistics = try await sandboxes.statistics(
      request.sandboxID, since: request.hasSince ? request.since.date : nil,
      until: request.hasUntil ? request.until.date : nil)
    return Modal_Client_SandboxGetStatsResponse(statistics)
  }
}

extension Modal_Client_SandboxGetStatsResponse {
  /// A quantity without a recorded value is left out, as the SDK expects.
  package init(_ statistics: UsageStatistics) {
    self.init()
    since = Google_Protobuf_Timestamp(date: statistics.since)
    until = Google_Protobuf_Timestamp(date: statistics.until)
    durationHours = statistics.seconds / 3600
    numDatapoints = UInt64(statistics.datapoints)
    billedCpuCoreSeconds = statistics.billedCoreSeconds
    billedMemoryGibSeconds = statistics.billedGiBSeconds
    if let distribution = statistics.cores {
      cpuCores = ResourceStats(distribution)
      percentileStats["CPU Usage (cores)"] = .init(distribution, unit: "cores")
    }
    if let distribution = statistics.memoryGiB {
      memoryGib = ResourceStats(distribution)
      percentileStats["Memory Usage (GiB)"] = .init(distribution, unit: "GiB")
    }
    if let prices = statistics.cost {
      // A decimal's description has no exponent, however small it is.
      cost = prices.total.description
      costByResource = ["CPU": prices.cpu.description, "Memory": prices.memory.description]
    }
  }
}

extension Modal_Client_SandboxGetStatsResponse.ResourceStats {
  fileprivate init(_ distribution: UsageDistribution) {
    self.init()
    percentiles = distribution.percentiles.map(Modal_Client_StatsPercentile.init)
    mean = distribution.mean
    max = distribution.maximum
  }
}

extension Modal_Client_StatsPercentileDistribution {
  fileprivate init(_ distribution: UsageDistribution, unit: String) {
    self.init()
    self.unit = unit
    percentiles = distribution.percentiles.map(Modal_Client_StatsPercentile.init)
  }
}

extension Modal_Client_StatsPercentile {
  fileprivate init(_ percentile: UsageDistribution.Percentile) {
    self.init()
    percentileBasisPoints = percentile.basisPoints
    value = percentile.value
  }
}
