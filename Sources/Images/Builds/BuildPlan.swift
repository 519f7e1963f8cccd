import Dockerfile

/// A build, with everything looked up and put in.
struct BuildPlan: Sendable {
  /// The content key of the image.
  let key: String
  /// What `FROM` says.
  let base: String
  /// The image that `FROM` names, where it is one of ours.
  let parent: String?
  /// The names of the base's layers.
  let layers: [String]
  /// The steps, each with the key of the disk after it.
  let steps: [Step]
  /// The configuration of the image.
  let config: ImageConfig
  /// Variables of `RUN` steps.
  let secrets: [String: String]
  /// What the image's users are to be told.
  let warnings: [String]

  /// A step and what it leads to.
  struct Step: Sendable {
    let step: BuildStep
    let diskKey: String
    /// Counted from 1, which is `FROM`.
    let number: Int

    var command: RunCommand? {
      if case .run(let command) = step.action { command } else { nil }
    }
  }

  /// Whether nothing has to be executed.
  var isConfigurationOnly: Bool { steps.allSatisfy { $0.command == nil } }

  /// As `Step 2/5 : RUN true`.
  func heading(of step: Step) -> String {
    "Step \(step.number)/\(steps.count + 1) : \(step.step.text)"
  }
}

/// How a build uses the disks of earlier ones.
enum CacheUse: Sendable {
  /// Takes what is there and leaves its own.
  case normal
  /// Takes nothing and replaces what is there.
  case replace
  /// Takes nothing and leaves nothing.
  case none
}
