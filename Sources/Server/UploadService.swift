import Mounts
import ServiceLifecycle

/// The server for large local files, on a port of its own.
struct UploadService: Service {
  let server: UploadServer
  let socket: ListeningSocket

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      do {
        try await server.serve(onSocket: socket.descriptor)
      } catch is CancellationError {
        // It is how this service ends.
      }
    }
  }
}
