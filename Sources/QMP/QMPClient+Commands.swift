import Errors

extension QMPClient {
  /// Sends a typed command and waits for its answer.
  ///
  /// - Throws: as ``execute(_:_:timeout:)``, and `internal` where the answer has not the form that
  ///   the command announces.
  @discardableResult
  public func execute<Command: QMPCommand>(
    _ command: Command, timeout: Duration = QMPClient.defaultTimeout
  ) async throws -> Command.Reply {
    guard case .object(let arguments) = try JSONValue(encoding: command) else {
      throw SandlotError(.internal, "The arguments of \(Command.name) are not a JSON object.")
    }
    let reply = try await execute(Command.name, arguments, timeout: timeout)
    do {
      return try reply.decoded(as: Command.Reply.self)
    } catch {
      throw SandlotError(
        .internal, "QEMU's answer to \(Command.name) has an unknown form: \(reply).")
    }
  }

  /// Ends QEMU, and counts a connection that QEMU closes before it answers as a success.
  ///
  /// The process may live a little longer; ``closed()`` waits for the connection's end.
  ///
  /// - Throws: as ``execute(_:_:timeout:)`` while the connection stands.
  public func quit(timeout: Duration = QMPClient.defaultTimeout) async throws {
    do {
      try await execute(Quit(), timeout: timeout)
    } catch {
      guard isClosed else { throw error }
    }
  }
}
