import ArgumentParser
import Foundation
import Operator
import Server
import Settings

extension SettingsProvider {
  /// Asks the server that these options lead to.
  func ask<Value: Sendable>(
    _ question: @Sendable (OperatorClient) async throws -> Value
  ) async throws -> Value {
    let address = try OperatorAddress.find(
      settings: settings(), environment: ProcessInfo.processInfo.environment)
    return try await OperatorClient.connected(to: address, question)
  }
}
