import Edge
import Errors
import Foundation
import GRPCCore
import Images
import ModalProtocol

extension ControlPlane {
  /// The longest that one call follows a build, in seconds; the SDK asks for 55. A duration cannot
  /// hold every number that a client may send.
  private static let longestJoin: Float = 600

  /// Finds the image of a definition, or starts to build it.
  public func imageGetOrCreate(
    request: Modal_Client_ImageGetOrCreateRequest, context: ServerContext
  ) async throws -> Modal_Client_ImageGetOrCreateResponse {
    var definition = try ImageDefinition(request)
    let sources = [EnvironmentSource]([], secretIDs: request.image.secretIds, variables: [:])
    for variable in try await secrets.environment(sources) {
      definition.secrets[variable.name] = variable.value
    }
    let registry = request.image.imageRegistryConfig
    if registry.registryAuthType == .staticCreds {
      definition.registryCredentials = try RegistryCredentials(
        await secrets.environment([.secret(registry.secretID)]))
    }
    let summary = try await images.getOrCreate(
      definition, forceBuild: request.forceBuild, ignoreCache: request.ignoreCache)
    for warning in summary.warnings { Warnings.current?.add(warning) }
    return .with {
      $0.imageID = summary.id
      if case .built(let image) = summary.state {
        $0.result = .with { $0.status = .success }
        $0.metadata = Modal_Client_ImageMetadata(image)
      }
    }
  }

  /// Streams a build's output, then its result.
  ///
  /// Ends without a result when the request's time is over; the SDK calls again with the last
  /// entry's id.
  public func imageJoinStreaming(
    request: Modal_Client_ImageJoinStreamingRequest,
    response: RPCWriter<Modal_Client_ImageJoinStreamingResponse>, context: ServerContext
  ) async throws {
    let events = try await images.buildEvents(
      request.imageID, after: Int(request.lastEntryID) ?? 0)
    let limit = Duration.seconds(Double(min(max(0, request.timeout), Self.longestJoin)))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await event in events { try await response.write(.init(event)) }
      }
      group.addTask { try await Task.sleep(for: limit) }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Tells whether an image exists.
  public func imageFromId(
    request: Modal_Client_ImageFromIdRequest, context: ServerContext
  ) async throws -> Modal_Client_ImageFromIdResponse {
    let summary = try await images.summary(request.imageID)
    return .with {
      $0.imageID = summary.id
      if case .built(let image) = summary.state { $0.metadata = .init(image) }
    }
  }
}

extension Modal_Client_ImageMetadata {
  init(_ image: Image) {
    self.init()
    if !image.config.workingDirectory.isEmpty { workdir = image.config.workingDirectory }
  }
}

extension Modal_Client_ImageJoinStreamingResponse {
  init(_ event: BuildEvent) {
    self.init()
    switch event {
    case .log(let entry, let log):
      entryID = String(entry)
      taskLogs = [
        .with {
          $0.data = log.text
          $0.timestamp = log.time.timeIntervalSince1970
          $0.fileDescriptor =
            switch log.stream {
            case .standardOutput: .stdout
            case .standardError: .stderr
            case .info: .info
            }
        }
      ]
    case .finished(let entry, let state):
      entryID = String(entry)
      eof = true
      result = .init(state)
      if case .built(let image) = state { metadata = .init(image) }
    }
  }
}

extension Modal_Client_GenericResult {
  init(_ state: ImageState) {
    self.init()
    switch state {
    case .building: status = .unspecified
    case .built: status = .success
    case .failed(let failure):
      status = .failure
      exception = failure.message
    }
  }
}
