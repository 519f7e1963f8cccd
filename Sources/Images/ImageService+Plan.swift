import Dockerfile

extension ImageService {
  /// Looks up all that a definition names and works out the steps.
  ///
  /// - Parameter refresh: Whether tags of registries are looked up anew.
  func plan(_ definition: ImageDefinition, refresh: Bool) async throws -> BuildPlan {
    var planner = BuildPlanner(
      definition, bases: context.bases, mounts: context.mounts, refresh: refresh
    ) { try await self.image($0) }
    return try await planner.plan()
  }
}
