import ServiceLifecycle

/// Ends every sandbox and build when the server is asked to end, while clients are still served:
/// they hear how their sandboxes ended.
struct SandboxKeeper: Service {
  let planes: Planes

  func run() async throws {
    try await gracefulShutdown()
    await planes.shutDown()
  }
}
