import Errors
import GRPCCore
import ModalProtocol
import Sandboxes

extension CommandRouter {
  /// Makes an image of the sandbox's disk.
  public func taskSnapshotFilesystem(
    request: Modal_TaskCommandRouter_TaskSnapshotFilesystemRequest, context: ServerContext
  ) async throws -> Modal_TaskCommandRouter_TaskSnapshotFilesystemResponse {
    try await authorize(request.taskID)
    try refuseSidecar(request.containerID)
    guard !request.hasCustomerSuppliedEncryptionKey else {
      throw SandlotError(
        .unimplemented, "Snapshots are not encrypted with keys of their users.",
        hint: "Leave the key out; keep the server's data directory on an encrypted disk.")
    }
    // -1 means for ever.
    let isKept = !request.hasTtlSeconds || request.ttlSeconds == -1
    let image = try await sandboxes.snapshotFilesystem(
      taskID: request.taskID,
      SnapshotRequest(
        id: request.snapshotID, secondsToLive: isKept ? nil : request.ttlSeconds))
    return .with { $0.imageID = image }
  }
}
