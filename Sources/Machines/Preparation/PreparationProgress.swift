/// One thing that the preparation is doing, for a line of progress.
public struct PreparationProgress: Sendable, Equatable {
  /// The part of the preparation.
  public enum Step: String, Sendable, CaseIterable {
    /// Debian's kernel package, or the operator's kernel.
    case kernel
    /// The disk with the kernel's modules.
    case modules
    /// The initramfs with the guest agent.
    case initramfs
    /// The base image made of Debian packages.
    case baseImage = "base image"
  }

  /// Which part it is.
  public var step: Step
  /// What is happening, in a few words.
  public var detail: String

  /// Makes a line of progress.
  public init(_ step: Step, _ detail: String) {
    self.step = step
    self.detail = detail
  }
}

/// Receives the progress; called from whichever task does the work, in order within a step.
public typealias PreparationProgressHandler = @Sendable (PreparationProgress) -> Void
