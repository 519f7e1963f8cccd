/// Knows what images are needed for by others than images.
public protocol ImageUses: Sendable {
  /// What uses images now, in words for people as `sandbox sb-…`, by the images' ids.
  func uses() async throws -> [String: [String]]
}
