import Errors
import Logging
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension QMPClient {
  /// Connects to the socket at `path` and negotiates: commands can be sent when it returns.
  ///
  /// It tries again until somebody listens there, so QEMU may be starting still.
  ///
  /// - Parameters:
  ///   - timeout: The limit for all of it.
  /// - Throws: `deadlineExceeded` where QEMU does not listen or not speak in time,
  ///   `invalidArgument` for a path that is too long for a socket, `internal` for what answers and
  ///   is not QEMU.
  public static func connect(
    path: String, eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
    timeout: Duration = .seconds(10), logger: Logger = Logger(label: "sandlot.qmp")
  ) async throws -> QMPClient {
    let deadline = ContinuousClock.now + timeout
    let connection = try await open(path, on: eventLoopGroup, until: deadline)
    let client = QMPClient(channel: connection.channel, path: path, logger: logger)
    do {
      try await client.negotiate(on: connection, until: deadline)
    } catch {
      await client.close()
      throw error
    }
    return client
  }

  /// Whether the connection is over; calls fail at once then.
  public var isClosed: Bool { ending != nil }

  /// Closes the connection; QEMU lives on. What is pending fails. Returns when it is closed.
  public func close() async {
    end(because: SandlotError(.internal, "The connection to QEMU at \(path) was closed."))
    try? await channel.close()
  }

  /// Returns when the connection is over, or the task is cancelled.
  public func closed() async {
    let id = makeID()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if isClosed || Task.isCancelled {
          continuation.resume()
        } else {
          closeWaiters[id] = continuation
        }
      }
    } onCancel: {
      Task { await stopWaiting(id) }
    }
  }

  private func stopWaiting(_ id: Int) {
    closeWaiters.removeValue(forKey: id)?.resume()
  }

  /// Ends everything, once: a later reason changes nothing.
  private func end(because reason: SandlotError) {
    guard ending == nil else { return }
    ending = reason
    logger.debug("QMP connection ended", metadata: ["reason": "\(reason.message)"])
    failAll(with: reason)
    eventSink.finish()
    for id in closeWaiters.keys { stopWaiting(id) }
  }
}

extension QMPClient {
  typealias Connection = NIOAsyncChannel<ByteBuffer, Never>

  private static func open(
    _ path: String, on group: any EventLoopGroup, until deadline: ContinuousClock.Instant
  ) async throws -> Connection {
    while true {
      do {
        return try await ClientBootstrap(group: group)
          .connect(unixDomainSocketPath: path, channelInitializer: prepare)
      } catch let error as IOError where [ENOENT, ECONNREFUSED, EAGAIN].contains(error.errnoCode) {
        let pause = Duration.milliseconds(10)
        guard ContinuousClock.now + pause < deadline else {
          throw SandlotError(
            .deadlineExceeded, "No QEMU listens at \(path): \(error).",
            hint: "See QEMU's own messages for why it did not start.")
        }
        try await Task.sleep(for: pause)
      } catch SocketAddressError.unixDomainSocketPathTooLong {
        throw SandlotError(.invalidArgument, "The path \(path) is too long for a socket.")
      } catch let error as IOError {
        throw SandlotError(.internal, "Cannot connect to QEMU at \(path): \(error).")
      }
    }
  }

  @Sendable private static func prepare(
    _ channel: any Channel
  ) -> EventLoopFuture<Connection> {
    channel.eventLoop.makeCompletedFuture {
      let decoder = ByteToMessageHandler(
        LineDecoder(), maximumBufferSize: QMPClient.maximumMessageLength)
      try channel.pipeline.syncOperations.addHandler(decoder)
      return try Connection(wrappingChannelSynchronously: channel)
    }
  }

  private func negotiate(
    on connection: Connection, until deadline: ContinuousClock.Instant
  ) async throws {
    // It reads even where waiting for the greeting fails at once: a channel has to be read to its
    // end. It cannot overtake the call below, since both run on this actor.
    Task { await read(connection) }
    let version = try await greeting(timeout: deadline - .now)
    logger.debug("QMP connection opened", metadata: ["qemu": "\(version.qemu)"])
    try await execute("qmp_capabilities", timeout: deadline - .now)
  }

  /// Reads until the connection is over, whoever ends it.
  private func read(_ connection: Connection) async {
    do {
      try await connection.executeThenClose { inbound in
        for try await line in inbound { try receive(line) }
      }
      end(because: SandlotError(.internal, "QEMU at \(path) closed its control socket."))
    } catch let error as SandlotError {
      end(because: error)
    } catch is ByteToMessageDecoderError.PayloadTooLargeError {
      let limit = Self.maximumMessageLength
      end(
        because: SandlotError(
          .internal, "QEMU at \(path) sent a message of more than \(limit) bytes."))
    } catch {
      end(because: SandlotError(.internal, "The connection to QEMU at \(path) broke: \(error)."))
    }
  }
}
